import { messageRetentionFeature } from '../conversations/features.ts';
import { systemClock } from '../shared/clock.ts';
import type { FunctionParts } from '../shared/lambda.ts';
import { enqueue, type QueueClient } from '../shared/queue/enqueue.ts';
import type { TenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import type { UsageCounter } from '../tenancy/stores/usage-counter.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { documentClient } from '../vendors/aws/clients.ts';
import { type CachedSecret, secretOf } from '../vendors/aws/secrets.ts';
import {
  parseTwilioCredentials,
  type StoredTwilioCredentials,
} from '../vendors/twilio/credentials.ts';
import type { CommonEnvironment } from './environment.ts';
import type { ReplyInbox } from './messages.ts';
import type { ConversationsTable } from './stores/keys.ts';

/** The table, where the deployment's retention is that of every company. */
export const conversationsTable = (env: CommonEnvironment): ConversationsTable => ({
  client: documentClient(),
  name: env.CONVERSATIONS_TABLE,
  clock: systemClock,
  retentionDays: async () => env.RETENTION_DAYS,
});

/** The table, where each company may have a retention of its own, and the tenants. */
export function conversationsOf(
  parts: FunctionParts<CommonEnvironment & { TENANTS_TABLE: string }>,
): { table: ConversationsTable; tenants: TenantDirectory; usage: UsageCounter } {
  const { env, log } = parts;
  const { tableOf, tenants, usage } = tenancyOf(parts);
  const retentionDays = async (companyId: string) =>
    (await messageRetentionFeature.read(tenants, companyId, log))?.days ?? env.RETENTION_DAYS;
  return { table: { ...tableOf(env.CONVERSATIONS_TABLE), retentionDays }, tenants, usage };
}

/** The queue between the webhook and the reply processor: FIFO, one group a conversation. */
export const replyInbox = (client: QueueClient, queueUrl: string): ReplyInbox => ({
  put: (message, messageSid) =>
    enqueue(client, queueUrl, {
      body: message,
      groupId: message.conversation_id,
      deduplicationId: messageSid,
    }),
});

export const twilioCredentials = (env: CommonEnvironment): CachedSecret<StoredTwilioCredentials> =>
  secretOf(env, env.TWILIO_CREDENTIALS_SECRET_ID, parseTwilioCredentials);
