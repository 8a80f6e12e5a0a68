import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { byteRoom } from '../shared/byte-room.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnv } from '../shared/env.ts';
import { alertPerson } from '../shared/errors.ts';
import { fairShare } from '../shared/limits/fair-share.ts';
import { createLog, createMeter, errorForLog, type Log } from '../shared/log.ts';
import { once } from '../shared/once.ts';
import { tenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { type UsageCounter, usageCounter } from '../tenancy/stores/usage-counter.ts';
import { queueClient, secretsClient } from '../vendors/aws/clients.ts';
import { cachedSecret } from '../vendors/aws/secrets.ts';
import { openAiSource, parseOpenAiKey } from '../vendors/openai/client.ts';
import { usageMeter } from '../vendors/openai/usage.ts';
import { type BatchConsumer, consumeBatch } from './consume-batch.ts';
import { replyEnvironment } from './environment.ts';
import { defaultMaxOutputTokens } from './features.ts';
import { limits } from './limits.ts';
import { replyRecords } from './reply-queue.ts';
import { paths } from './routes.ts';
import { conversationStore } from './stores/conversation-store.ts';
import { replyRateLimit } from './stores/reply-rate-limit.ts';
import { assistantDirectory } from './vendors/assistant-directory.ts';
import { twilioMessenger } from './vendors/twilio-messenger.ts';
import { conversationsTable, retentionOf, tenantsTable, twilioCredentials } from './wiring.ts';
import { encodeReference, referenceParameter } from './work/reply-reference.ts';
import type { Turn } from './work/turn.ts';

const log = createLog('reply');
const meter = createMeter('reply');

const consumer = once((): BatchConsumer => {
  const env = readEnv(replyEnvironment);
  const conversations = conversationsTable(env);
  const tenantItems = tenantsTable(env, conversations);
  const tenants = tenantDirectory(tenantItems);
  const usage = usageCounter(tenantItems);
  const table = { ...conversations, retentionDays: retentionOf(tenants, env, log) };
  const credentials = twilioCredentials(env);
  const openAiKey = cachedSecret(
    secretsClient(env.SECRETS_MANAGER_REGION),
    env.OPENAI_API_KEY_SECRET_ID,
    parseOpenAiKey,
    systemClock,
  );
  const store = conversationStore(table);
  const spendReply = replyRateLimit(table);
  const pictureRoom = byteRoom(limits.batchPictureBytes);
  const assistantFor = assistantDirectory(tenants, openAiSource(openAiKey, env.OPENAI_BASE_URL), {
    environment: process.env,
    runMaxWaitSeconds: env.RUN_MAX_WAIT_SECONDS,
    onUsage: usageMeter(meter, env.OPENAI_BASE_URL),
    // Another server's window may be smaller than that, and it would refuse every request.
    ...(!env.OPENAI_BASE_URL && { maxOutputTokens: defaultMaxOutputTokens }),
  });
  const callbackUrl = env.PUBLIC_BASE_URL.replace(/\/+$/, '') + paths.status;

  const portsFor: BatchConsumer['portsFor'] = (message) => {
    const child = log.createChild();
    child.appendKeys({
      company_id: message.company_id,
      conversation_id: message.conversation_id,
      message_sid: message.inbound.message_sid,
    });
    return {
      store,
      messenger: twilioMessenger({
        credentials,
        clock: systemClock,
        log: child,
        ...(env.TWILIO_BASE_URL && { baseUrl: env.TWILIO_BASE_URL }),
      }),
      assistantFor,
      clock: systemClock,
      random: Math.random,
      log: child,
      logTurn: ({ turn_id }) => child.appendKeys({ turn_id, message_sid: turn_id }),
      meter,
      pictureRoom,
      spendReply,
      countReply: countReply(usage, child),
      statusCallback: (turn, message_key) =>
        `${callbackUrl}?${referenceParameter}=${encodeReference({ ...turn, message_key })}`,
    };
  };

  return {
    records: replyRecords(queueClient(), {
      queueUrl: env.REPLY_QUEUE_URL,
      deadLetterUrl: env.REPLY_DLQ_URL,
    }),
    share: fairShare(table, { name: 'replies', concurrency: env.WORKER_CONCURRENCY }, log),
    portsFor,
    defaultBusinessNumber: async () => {
      const { phoneNumber } = await credentials.get();
      if (phoneNumber) return phoneNumber;
      throw alertPerson('sender_missing', 'The message has no To and the Twilio secret no number.');
    },
    now: () => systemClock.now(),
    random: Math.random,
    log,
    meter,
  };
});

/** A reply that was sent is not sent again because it could not be counted. */
const countReply =
  (usage: UsageCounter, to: Log) =>
  async ({ company_id }: Turn): Promise<void> => {
    try {
      await usage.count(company_id, 'replies');
    } catch (error) {
      to.warn('A reply could not be counted in the usage.', { error: errorForLog(error) });
    }
  };

/** The reply processor: answers the batch, and names the messages that must come back. */
export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  try {
    const budget = { remainingMs: () => context.getRemainingTimeInMillis() };
    return await consumeBatch(event.Records, consumer(), budget);
  } finally {
    meter.flush();
  }
};
