import { defaultMaxOutputTokens } from '../agents/features.ts';
import { handoverOf } from '../conversations/features.ts';
import { conversationsOf } from '../conversations/wiring.ts';
import { publisher } from '../events/publisher.ts';
import { systemClock } from '../shared/clock.ts';
import { alertPerson } from '../shared/errors.ts';
import { consumerParts, worker } from '../shared/lambda.ts';
import { fairShare } from '../shared/limits/fair-share.ts';
import { errorForLog } from '../shared/log.ts';
import { eventsClient, queueClient } from '../vendors/aws/clients.ts';
import { openAiOf } from '../vendors/openai/client.ts';
import { replyEnvironment } from './environment.ts';
import { handoverPorts } from './handover.ts';
import { limits } from './limits.ts';
import { type ReplyConsumerPorts, replyConsumer } from './reply.ts';
import { conversationStore } from './stores/conversation-store.ts';
import { replyRateLimit } from './stores/reply-rate-limit.ts';
import { assistantDirectory } from './vendors/assistant-directory.ts';
import { twilioMessenger } from './vendors/twilio-messenger.ts';
import { twilioCredentials } from './wiring.ts';
import { statusCallbackUrl } from './work/delivery.ts';
import { byteRoom } from './work/steps/pictures.ts';

/** The reply processor: answers the customers' messages. */
export const handler = worker('reply-processor', replyEnvironment, (parts) => {
  const { env, log, meter } = parts;
  const fallback = { client: queueClient(), queueUrl: env.REPLY_QUEUE_URL };
  const { log: conversations, conversationsTable, ...tenancy } = conversationsOf(parts, fallback);
  const { tenants, usage } = tenancy;
  const { retentionDays } = conversationsTable;
  const table = { ...tenancy.tableOf(env.CONVERSATIONS_TABLE), retentionDays };
  const credentials = twilioCredentials(env);
  const { openAi, onUsage } = openAiOf(env, meter);
  const shared = {
    store: conversationStore(table, conversations),
    ...handoverPorts({
      conversations,
      handover: (company) => handoverOf.read(tenants, company, log),
      clock: systemClock,
    }),
    tryAcquireReply: replyRateLimit(table),
    pictureRoom: byteRoom(limits.batchPictureBytes),
    assistantFor: assistantDirectory(tenants, openAi, {
      environment: process.env,
      runMaxWaitSeconds: env.RUN_MAX_WAIT_SECONDS,
      onUsage,
      // Another server's window may be smaller than that, and it would refuse every request.
      ...(!env.OPENAI_BASE_URL && { maxOutputTokens: defaultMaxOutputTokens }),
    }),
    clock: systemClock,
    random: Math.random,
    meter,
  };

  const portsFor: ReplyConsumerPorts['portsFor'] = (child) => ({
    ...shared,
    messenger: twilioMessenger({
      credentials,
      clock: systemClock,
      log: child,
      ...(env.TWILIO_BASE_URL && { baseUrl: env.TWILIO_BASE_URL }),
    }),
    log: child,
    logTurn: ({ turn_id }) => child.appendKeys({ turn_id, message_sid: turn_id }),
    // A reply that was sent is not sent again because it could not be counted.
    countReply: ({ company_id }) =>
      usage
        .count(company_id, 'replies')
        .catch((error) =>
          child.warn('A reply could not be counted in the usage.', { error: errorForLog(error) }),
        ),
    statusCallback: (turn, message_key) =>
      statusCallbackUrl(env.PUBLIC_BASE_URL, { ...turn, message_key }),
  });

  const queue = { queueUrl: env.REPLY_QUEUE_URL, deadLetterUrl: env.REPLY_DLQ_URL };
  const workers = { name: 'replies', concurrency: env.WORKER_CONCURRENCY };
  return replyConsumer(
    {
      portsFor,
      events: publisher({ client: eventsClient(), busName: env.EVENT_BUS_NAME }),
      defaultBusinessNumber: async () => {
        const { phoneNumber } = await credentials.get();
        if (phoneNumber) return phoneNumber;
        throw alertPerson(
          'sender_missing',
          'The message has no To and the Twilio secret no number.',
        );
      },
    },
    { ...consumerParts(parts, queue), share: fairShare(table, workers, log) },
  );
});
