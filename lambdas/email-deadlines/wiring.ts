import { enqueue, type QueueClient } from '../shared/queue/enqueue.ts';
import { type CachedSecret, secretOf } from '../vendors/aws/secrets.ts';
import type { RunMessage } from './messages.ts';
import type { MockTiming } from './vendors/assumed-times.ts';
import { type MailboxKeys, parseMailboxKeys } from './vendors/mailbox-keys.ts';

interface Pacing {
  INTER_DEPENDENCY_GAP: number;
  LLM_DELAY_SCALE: number;
  LLM_DELAY_MIN: number;
  LLM_DELAY_MAX: number;
}

/** What the environment says in seconds, for the code. */
export const pacingOf = (env: Pacing): { timing: MockTiming; gapMs: number } => ({
  timing: { scale: env.LLM_DELAY_SCALE, min: env.LLM_DELAY_MIN, max: env.LLM_DELAY_MAX },
  gapMs: env.INTER_DEPENDENCY_GAP * 1000,
});

/** Puts a run into the queue of runs, to be taken after so many seconds; a fair queue, in which no tenant holds up the others. */
export const enqueueRun = (
  client: QueueClient,
  queueUrl: string,
  message: RunMessage,
  delaySeconds = 0,
): Promise<void> =>
  enqueue(client, queueUrl, { body: message, groupId: message.tenant_id, delaySeconds });

export const mailboxKeys = (env: {
  MAILBOX_API_KEY_SECRET_ID: string;
  SECRETS_MANAGER_REGION?: string | undefined;
}): CachedSecret<MailboxKeys> => secretOf(env, env.MAILBOX_API_KEY_SECRET_ID, parseMailboxKeys);
