import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { isoTime } from '../../runtime/clock.ts';
import { asEngineError, discardWork, type EngineError } from '../../runtime/errors.ts';
import { lastAndAlone } from '../../runtime/last-and-alone.ts';
import { errorForLog, type Log, type Meter } from '../../runtime/log.ts';
import { batchResponse, groupRecords, sentAt } from '../../runtime/sqs.ts';
import { whatsAppAddress } from '../../vendors/twilio/credentials.ts';
import { fieldText, type ReplyQueueMessage, replyQueueMessage } from '../contract.ts';
import { answerGroup, type GroupResult, type QueuedMessage } from '../domain/answer-group.ts';
import type { Budget, ReplyPorts } from '../domain/answer-turn.ts';
import { readInbound } from '../domain/inbound.ts';
import type { ReplyRecords } from './reply-queue.ts';

export interface BatchConsumer {
  records: ReplyRecords;
  /** The ports of one conversation, with a log that names it on every line. */
  portsFor(message: QueuedMessage): ReplyPorts;
  /** The address that answers when a message does not say to which number it was written. */
  defaultBusinessNumber(): Promise<string>;
  now(): number;
  log: Log;
  meter: Meter;
}

type Parsed =
  | { record: SQSRecord; ids: MessageIds; message: QueuedMessage }
  | { record: SQSRecord; ids: MessageIds; error: EngineError; group: string };

/** What a log line says of a message; empty where it cannot be read. */
type MessageIds = { company_id?: string; conversation_id?: string; message_sid?: string };

/**
 * Answers a batch: conversations at the same time, each one's messages in order. Returns as failures
 * what must come back, after having set when; malformed messages go to the dead-letter queue at once.
 */
export async function consumeBatch(
  batch: SQSRecord[],
  consumer: BatchConsumer,
  budget: Budget,
): Promise<SQSBatchResponse> {
  const parsed = await Promise.all(batch.map((record) => parseRecord(record, consumer)));
  const groups = groupRecords(parsed, groupOf);
  const order = lastAndAlone(groups.length);
  const ordered: BatchConsumer = {
    ...consumer,
    portsFor: (message) => ({ ...consumer.portsFor(message), lastAndAlone: order.wait }),
  };
  const settle = async (group: Parsed[]) => {
    const stays = await consumeGroup(group, ordered, budget);
    if (groups.length > 1) await deleteDone(group, stays, consumer);
    return stays;
  };
  const failed = await Promise.all(groups.map((group) => settle(group).finally(order.done)));
  return batchResponse(failed.flat());
}

/** A conversation's next message is handed out only once these are gone, and the batch may take long. */
async function deleteDone(
  group: Parsed[],
  stays: string[],
  consumer: BatchConsumer,
): Promise<void> {
  const records = group.map(({ record }) => record);
  const done = records.filter(({ messageId }) => !stays.includes(messageId));
  if (done.length === 0) return;
  try {
    await consumer.records.deleteDone(done);
  } catch (error) {
    consumer.log.warn('Done messages stay until the end of the batch, which deletes them.', {
      error: errorForLog(error),
    });
  }
}

const groupOf = (parsed: Parsed): string =>
  'message' in parsed ? conversationOf(parsed.message) : parsed.group;

const conversationOf = (message: { company_id: string; conversation_id: string }): string =>
  `${message.company_id}#${message.conversation_id}`;

async function parseRecord(record: SQSRecord, consumer: BatchConsumer): Promise<Parsed> {
  const body = parseJson(record.body);
  const result = replyQueueMessage.safeParse(body);
  if (!result.success) {
    const faults =
      body === undefined ? 'it is not JSON' : result.error.issues.map(faultOf).join('; ');
    return {
      record,
      ids: {},
      group: record.attributes?.MessageGroupId ?? record.messageId,
      error: discardWork('malformed_message', `The queue message is malformed: ${faults}.`),
    };
  }
  const { company_id, conversation_id, twilio_message: fields } = result.data;
  const ids = { company_id, conversation_id, message_sid: messageSidOf(record, fields) };
  try {
    return { record, ids, message: await queuedMessage(record, result.data, consumer) };
  } catch (thrown) {
    return { record, ids, error: asEngineError(thrown), group: conversationOf(result.data) };
  }
}

const messageSidOf = (record: SQSRecord, fields: Readonly<Record<string, unknown>>): string =>
  fieldText(fields, 'MessageSid') || record.messageId;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const faultOf = (issue: { path: PropertyKey[]; code?: string }): string =>
  `${issue.path.map(String).join('.') || 'the message'} is missing or malformed`;

async function queuedMessage(
  record: SQSRecord,
  message: ReplyQueueMessage,
  consumer: BatchConsumer,
): Promise<QueuedMessage> {
  const { twilio_message: fields, company_id, project_id, conversation_id } = message;
  const receivedAt = message.received_at
    ? Date.parse(message.received_at)
    : sentAt(record, consumer.now());
  const inbound = readInbound(fields, messageSidOf(record, fields), isoTime(receivedAt));
  return {
    record_id: record.messageId,
    company_id,
    project_id,
    conversation_id,
    ...(message.thread_id && { thread_id: message.thread_id }),
    customer: whatsAppAddress(fieldText(fields, 'From')),
    business_number: whatsAppAddress(
      fieldText(fields, 'To') || (await consumer.defaultBusinessNumber()),
    ),
    inbound: { ...inbound, ...(message.consent && { consent: message.consent }) },
  };
}

/** The ids of the records that stay in the queue. */
async function consumeGroup(
  group: Parsed[],
  consumer: BatchConsumer,
  budget: Budget,
): Promise<string[]> {
  // From the first that cannot be read yet on, all wait, so that their order holds.
  const waiting = group.findIndex((one) => 'error' in one && one.error.next === 'retry');
  const now = waiting === -1 ? group : group.slice(0, waiting);
  const later = group.slice(now.length).map(({ record }) => record);
  const stuck = await discardUnreadable(now, consumer);
  const answered = await answerMessages(now, consumer, budget);
  await returnAfter(later, soonSeconds, consumer);
  return [...stuck, ...answered, ...later.map(({ messageId }) => messageId)];
}

async function discardUnreadable(group: Parsed[], consumer: BatchConsumer): Promise<string[]> {
  const stuck: string[] = [];
  for (const one of group) {
    if (!('error' in one)) continue;
    if (!(await deadLetter(one, one.error, consumer))) stuck.push(one.record.messageId);
  }
  return stuck;
}

async function answerMessages(
  group: Parsed[],
  consumer: BatchConsumer,
  budget: Budget,
): Promise<string[]> {
  const parsedOf = new Map(group.map((one) => [one.record.messageId, one]));
  const messages = group.flatMap((one) => ('message' in one ? [one.message] : []));
  const [first] = messages;
  if (!first) return [];
  const stuck: string[] = [];
  const result = await answerSafely(messages, consumer.portsFor(first), budget, consumer);
  for (const { messages: dead, error } of result.dead) {
    for (const { record_id } of dead) {
      const one = parsedOf.get(record_id);
      if (one && !(await deadLetter(one, error, consumer))) stuck.push(record_id);
    }
  }
  const { messages: unfinished = [], afterSeconds = 0 } = result.unfinished ?? {};
  const records = unfinished.flatMap(({ record_id }) => parsedOf.get(record_id)?.record ?? []);
  await returnAfter(records, afterSeconds, consumer);
  return [...stuck, ...unfinished.map(({ record_id }) => record_id)];
}

/** How soon messages come back whose errors nobody counts yet. */
const soonSeconds = 10;

/** Before a turn is open its errors have no attempts to count: all messages come back soon. */
async function answerSafely(
  messages: QueuedMessage[],
  ports: ReplyPorts,
  budget: Budget,
  consumer: BatchConsumer,
): Promise<GroupResult> {
  try {
    return await answerGroup(messages, ports, budget);
  } catch (thrown) {
    const error = asEngineError(thrown);
    consumer.log.error('The conversation could not be opened.', {
      error_code: error.code,
      error: errorForLog(error),
    });
    return { unfinished: { messages, afterSeconds: soonSeconds }, dead: [] };
  }
}

async function deadLetter(
  { record, ids }: Parsed,
  error: EngineError,
  consumer: BatchConsumer,
): Promise<boolean> {
  try {
    await consumer.records.deadLetter(record, error, consumer.now());
    consumer.meter.count('DeadLettered');
    consumer.log.error('A message went to the dead-letter queue.', {
      ...ids,
      record_id: record.messageId,
      error_code: error.code,
      reason: error.message,
    });
    return true;
  } catch (sendError) {
    consumer.log.error('The dead-letter queue took no message; it stays where it is.', {
      ...ids,
      record_id: record.messageId,
      error: errorForLog(sendError),
    });
    return false;
  }
}

async function returnAfter(
  records: SQSRecord[],
  seconds: number,
  consumer: BatchConsumer,
): Promise<void> {
  if (records.length === 0) return;
  try {
    await consumer.records.returnAfter(records, seconds);
  } catch (error) {
    consumer.log.warn('The backoff could not be set; the visibility timeout runs its course.', {
      error: errorForLog(error),
    });
  }
}
