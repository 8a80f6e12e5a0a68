import type * as z from 'zod/mini';
import { systemClock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import type { Table } from '../shared/store/table.ts';
import type { TenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { documentClient, secretsClient } from '../vendors/aws/clients.ts';
import { type CachedSecret, cachedSecret } from '../vendors/aws/secrets.ts';
import {
  parseTwilioCredentials,
  type StoredTwilioCredentials,
} from '../vendors/twilio/credentials.ts';
import type { statusEnvironment } from './environment.ts';
import { messageRetentionFeature } from './features.ts';
import type { ConversationsTable } from './stores/table.ts';

/** What the environments of this context's Lambdas have in common. */
type CommonEnvironment = z.output<typeof statusEnvironment>;

/** The table, where the deployment's retention is that of every company. */
export const conversationsTable = (env: CommonEnvironment): ConversationsTable => ({
  client: documentClient(),
  name: env.CONVERSATIONS_TABLE,
  clock: systemClock,
  retentionDays: async () => env.RETENTION_DAYS,
});

/** The tenants table, through the same client as the conversations. */
export const tenantsTable = (env: { TENANTS_TABLE: string }, { client, clock }: Table): Table => ({
  client,
  clock,
  name: env.TENANTS_TABLE,
});

/** The retention that a company has chosen, else the deployment's. */
export const retentionOf =
  (tenants: TenantDirectory, env: CommonEnvironment, log: Log) =>
  async (companyId: string): Promise<number> =>
    (await messageRetentionFeature.read(tenants, companyId, log))?.days ?? env.RETENTION_DAYS;

export const twilioCredentials = (env: CommonEnvironment): CachedSecret<StoredTwilioCredentials> =>
  cachedSecret(
    secretsClient(env.SECRETS_MANAGER_REGION),
    env.TWILIO_CREDENTIALS_SECRET_ID,
    parseTwilioCredentials,
    systemClock,
  );
