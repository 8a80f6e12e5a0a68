import type * as z from 'zod/mini';
import { systemClock } from '../shared/clock.ts';
import type { Table } from '../shared/store/table.ts';
import type { TenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { documentClient, secretsClient } from '../vendors/aws/clients.ts';
import { type CachedSecret, cachedSecret } from '../vendors/aws/secrets.ts';
import {
  parseTwilioCredentials,
  type StoredTwilioCredentials,
} from '../vendors/twilio/credentials.ts';
import type { statusEnvironment } from './environment.ts';
import { features } from './features.ts';
import type { ConversationsTable } from './stores/table.ts';
import type { ConsentWords } from './work/consent.ts';

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
export function retentionOf(tenants: TenantDirectory, env: CommonEnvironment) {
  return async (companyId: string): Promise<number> => {
    const chosen = await tenants.configuration(companyId, 'message-retention');
    return chosen === undefined
      ? env.RETENTION_DAYS
      : features['message-retention'].parse(chosen).days;
  };
}

/** The company's own words that end and resume messages, if it has any. */
export function consentWordsOf(tenants: TenantDirectory) {
  return async (companyId: string): Promise<ConsentWords | undefined> => {
    const chosen = await tenants.configuration(companyId, 'opt-out');
    return chosen === undefined ? undefined : features['opt-out'].parse(chosen);
  };
}

export const twilioCredentials = (env: CommonEnvironment): CachedSecret<StoredTwilioCredentials> =>
  cachedSecret(
    secretsClient(env.SECRETS_MANAGER_REGION),
    env.TWILIO_CREDENTIALS_SECRET_ID,
    parseTwilioCredentials,
    systemClock,
  );
