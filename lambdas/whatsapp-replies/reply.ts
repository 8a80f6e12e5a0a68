import type { SQSRecord } from 'aws-lambda';
import type { EventPublisher } from '../events/publisher.ts';
import { type Clock, isoTime } from '../shared/clock.ts';
import { asEngineError } from '../shared/errors.ts';
import type { LogOfIds } from '../shared/log.ts';
import { type Consume, consume } from '../shared/queue/consume.ts';
import type { ConsumerParts, Delivery } from '../shared/queue/consumer.ts';
import { afterFailure, done, type Outcome } from '../shared/queue/outcome.ts';
import { sentAt } from '../shared/queue/settle.ts';
import { limits } from './limits.ts';
import { fieldText, type WaitingMessage, waitingMessage, whatsAppAddress } from './messages.ts';
import { answerGroup, type PersonMessage, type QueuedMessage } from './work/answer-group.ts';
import { readTwilioMessage } from './work/inbound.ts';
import type { ReplyPorts } from './work/ports.ts';

export interface ReplyConsumerPorts {
  /** The ports of one conversation; `log` names it on every line. */
  portsFor(log: LogOfIds): ReplyPorts;
  /** The bus, for events that have waited here since it did not take them. */
  events: EventPublisher;
  /** The address that answers when a message does not say to which number it was written. */
  defaultBusinessNumber(): Promise<string>;
}

/** How soon messages come back that cannot be read yet. */
const soonSeconds = 10;

/** Answers customers: conversations at the same time, the waiting messages of each together and in order. */
export const replyConsumer = (
  { portsFor, events, defaultBusinessNumber }: ReplyConsumerPorts,
  parts: ConsumerParts,
): Consume =>
  consume(parts, {
    schema: waitingMessage,
    order: 'fifo-groups',
    groupOf: (message) =>
      message.kind === 'event'
        ? message.event.id
        : `${companyOf(message)}#${message.conversation_id}`,
    tenantOf: companyOf,
    idsOf,
    failed: 'The conversation could not be opened.',

    async handleGroup(all, invocation) {
      const group = all.filter(isOfConversation);
      const [first] = group;
      if (!first) return Promise.all(all.map((one) => published(one, events, parts)));
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

type OfConversation = Exclude<WaitingMessage, { kind: 'event' }>;

/** A group is of one conversation, or one event. */
const isOfConversation = (one: Delivery<WaitingMessage>): one is Delivery<OfConversation> =>
  one.message.kind !== 'event';

async function published(
  { message, tries }: Delivery<WaitingMessage>,
  events: EventPublisher,
  { random }: Pick<ConsumerParts, 'random'>,
): Promise<Outcome> {
  try {
    if (message.kind === 'event') await events.publish(message.event);
    return done;
  } catch (thrown) {
    return afterFailure(asEngineError(thrown), tries, { limits }, random);
  }
}

function companyOf(message: WaitingMessage): string {
  if (message.kind === 'event') return message.event.tenant_id;
  return message.kind === 'inbound' ? message.company_id : message.tenant_id;
}

type InboundMessage = Extract<WaitingMessage, { kind: 'inbound' }>;

const messageSidOf = ({ twilio_message: fields }: InboundMessage, record: SQSRecord): string =>
  fieldText(fields, 'MessageSid') || record.messageId;

function idsOf(message: WaitingMessage, record: SQSRecord): Record<string, string> {
  const company_id = companyOf(message);
  if (message.kind === 'event') return { company_id, event_id: message.event.id };
  const { conversation_id } = message;
  return message.kind === 'inbound'
    ? { company_id, conversation_id, message_sid: messageSidOf(message, record) }
    : { company_id, conversation_id, message_id: message.message_id };
}

interface Read {
  message?: QueuedMessage | PersonMessage;
  outcome?: Outcome;
}

/** The message as it is answered, or what becomes of one that cannot be read. */
async function readDelivery(
  { message, record }: Delivery<OfConversation>,
  defaultBusinessNumber: () => Promise<string>,
  clock: Pick<Clock, 'now'>,
): Promise<Read> {
  if (message.kind === 'outbound') return { message: personMessageOf(message) };
  try {
    const receivedAt = message.received_at
      ? Date.parse(message.received_at)
      : sentAt(record, clock.now());
    return { message: await queuedMessageOf(message, record, receivedAt, defaultBusinessNumber) };
  } catch (thrown) {
    const error = asEngineError(thrown);
    if (error.next !== 'retry') return { outcome: { kind: 'dead', error } };
    return { outcome: { kind: 'retry', afterSeconds: soonSeconds, error } };
  }
}

async function queuedMessageOf(
  message: InboundMessage,
  record: SQSRecord,
  receivedAt: number,
  defaultBusinessNumber: () => Promise<string>,
): Promise<QueuedMessage> {
  const { company_id, project_id, conversation_id, thread_id, consent } = message;
  const { from, to, name, content } = readTwilioMessage(message.twilio_message);
  return {
    ...{ company_id, project_id, conversation_id },
    ...(thread_id && { thread_id }),
    ...(name && { customer_name: name }),
    customer: whatsAppAddress(from),
    business_number: whatsAppAddress(to || (await defaultBusinessNumber())),
    inbound: {
      message_sid: messageSidOf(message, record),
      received_at: isoTime(receivedAt),
      ...content,
      ...(consent && { consent }),
    },
  };
}

const personMessageOf = ({
  tenant_id: company_id,
  conversation_id,
  metadata,
  ...outbound
}: Extract<WaitingMessage, { kind: 'outbound' }>): PersonMessage => {
  const { message_id, after, text, author, created_at, client_id } = outbound;
  return {
    ...{ company_id, conversation_id, ...metadata },
    outbound: {
      ...{ message_id, after, text, author, created_at },
      ...(client_id !== undefined && { client_id }),
    },
  };
};
