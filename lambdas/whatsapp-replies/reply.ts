import type { SQSRecord } from 'aws-lambda';
import { type Clock, isoTime } from '../shared/clock.ts';
import { asEngineError } from '../shared/errors.ts';
import type { LogOfIds } from '../shared/log.ts';
import { type Consume, consume } from '../shared/queue/consume.ts';
import type { ConsumerParts, Delivery } from '../shared/queue/consumer.ts';
import type { Outcome } from '../shared/queue/outcome.ts';
import { sentAt } from '../shared/queue/settle.ts';
import {
  fieldText,
  type ReplyQueueMessage,
  replyQueueMessage,
  whatsAppAddress,
} from './messages.ts';
import { answerGroup, type QueuedMessage } from './work/answer-group.ts';
import { readTwilioMessage } from './work/inbound.ts';
import type { ReplyPorts } from './work/ports.ts';

export interface ReplyConsumerPorts {
  /** The ports of one conversation; `log` names it on every line. */
  portsFor(log: LogOfIds): ReplyPorts;
  /** The address that answers when a message does not say to which number it was written. */
  defaultBusinessNumber(): Promise<string>;
}

/** How soon messages come back that cannot be read yet. */
const soonSeconds = 10;

/** Answers customers: conversations at the same time, the waiting messages of each together and in order. */
export const replyConsumer = (
  { portsFor, defaultBusinessNumber }: ReplyConsumerPorts,
  parts: ConsumerParts,
): Consume =>
  consume(parts, {
    schema: replyQueueMessage,
    order: 'fifo-groups',
    groupOf: ({ company_id, conversation_id }) => `${company_id}#${conversation_id}`,
    tenantOf: ({ company_id }) => company_id,
    idsOf,
    failed: 'The conversation could not be opened.',

    async handleGroup(group, invocation) {
      const [first] = group;
      if (!first) return [];
      const read = await Promise.all(
        group.map((one) => readDelivery(one, defaultBusinessNumber, parts.clock)),
      );
      // From the first that cannot be read yet on, all wait, so that their order holds.
      const waiting = read.findIndex(({ outcome }) => outcome?.kind === 'retry');
      const now = waiting === -1 ? read : read.slice(0, waiting);
      const messages = now.flatMap(({ message }) => message ?? []);
      // Not the message's own log: it names each turn once that is known.
      const log = parts.logOf(idsOf(first.message, first.record));
      const answered = await answerGroup(messages, portsFor(log), invocation);
      const outcomes = new Map(messages.map((message, n) => [message, answered[n]]));
      return read.map(({ message, outcome }) => outcome ?? (message && outcomes.get(message)));
    },
  });

const messageSidOf = ({ twilio_message: fields }: ReplyQueueMessage, record: SQSRecord): string =>
  fieldText(fields, 'MessageSid') || record.messageId;

const idsOf = (message: ReplyQueueMessage, record: SQSRecord) => ({
  company_id: message.company_id,
  conversation_id: message.conversation_id,
  message_sid: messageSidOf(message, record),
});

/** The message as it is answered, or what becomes of one that cannot be read. */
async function readDelivery(
  { message, record }: Delivery<ReplyQueueMessage>,
  defaultBusinessNumber: () => Promise<string>,
  clock: Pick<Clock, 'now'>,
): Promise<{ message?: QueuedMessage; outcome?: Outcome }> {
  const { twilio_message: fields, received_at, consent, thread_id, ...ids } = message;
  try {
    const receivedAt = received_at ? Date.parse(received_at) : sentAt(record, clock.now());
    const { from, to, content } = readTwilioMessage(fields);
    const message_sid = messageSidOf(message, record);
    return {
      message: {
        ...ids,
        ...(thread_id && { thread_id }),
        customer: whatsAppAddress(from),
        business_number: whatsAppAddress(to || (await defaultBusinessNumber())),
        inbound: {
          message_sid,
          received_at: isoTime(receivedAt),
          ...content,
          ...(consent && { consent }),
        },
      },
    };
  } catch (thrown) {
    const error = asEngineError(thrown);
    if (error.next !== 'retry') return { outcome: { kind: 'dead', error } };
    return { outcome: { kind: 'retry', afterSeconds: soonSeconds, error } };
  }
}
