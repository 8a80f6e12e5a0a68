import type * as z from 'zod/mini';
import { systemClock } from '../../runtime/clock.ts';
import { documentClient, secretsClient } from '../../vendors/aws/clients.ts';
import { type CachedSecret, cachedSecret } from '../../vendors/aws/secrets.ts';
import {
  parseTwilioCredentials,
  type StoredTwilioCredentials,
} from '../../vendors/twilio/credentials.ts';
import type { statusEnvironment } from '../contract.ts';
import type { Table } from './table.ts';

/** What the environments of this context's Lambdas have in common. */
type CommonEnvironment = z.output<typeof statusEnvironment>;

export const conversationsTable = (env: CommonEnvironment): Table => ({
  client: documentClient(),
  name: env.CONVERSATIONS_TABLE,
  clock: systemClock,
  retentionDays: env.RETENTION_DAYS,
});

export const twilioCredentials = (env: CommonEnvironment): CachedSecret<StoredTwilioCredentials> =>
  cachedSecret(
    secretsClient(env.SECRETS_MANAGER_REGION),
    env.TWILIO_CREDENTIALS_SECRET_ID,
    parseTwilioCredentials,
    systemClock,
  );
