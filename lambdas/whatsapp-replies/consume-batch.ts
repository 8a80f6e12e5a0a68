import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { asEngineError, type EngineError } from '../shared/errors.ts';
import type { FairShare } from '../shared/limits/fair-share.ts';
import { waitForShare } from '../shared/limits/share.ts';
import { errorForLog, type Log, type Meter } from '../shared/log.ts';
import { lastAndAlone } from '../shared/queue/last-and-alone.ts';
import { batchResponse, groupRecords } from '../shared/queue/sqs.ts';
import { groupOf, type Parsed, parseRecord } from './read-record.ts';
import type { ReplyRecords } from './reply-queue.ts';
import { answerGroup, type GroupResult, type QueuedMessage } from './work/answer-group.ts';
import type { ReplyPorts, TurnInvocation } from './work/ports.ts';

export interface BatchConsumer {
  records: ReplyRecords;
  /** Bounds the invocations that one company has. */
  share: FairShare;
  /** The ports of one conversation, with a log that names it on every line. */
  portsFor(message: QueuedMessage): ReplyPorts;
  /** The address that answers when a message does not say to which number it was written. */
  defaultBusinessNumber(): Promise<string>;
  now(): number;
  random(): number;
  log: Log;
  meter: Meter;
}

/**
 * Answers a batch: conversations at the same time, each one's messages in order. Returns as failures
 * what must come back, after having set when; malformed messages go to the dead-letter queue at once.
 */
export async function consumeBatch(
  batch: SQSRecord[],
  consumer: BatchConsumer,
  invocation: TurnInvocation,
): Promise<SQSBatchResponse> {
  const parsed = await Promise.all(batch.map((record) => parseRecord(record, consumer)));
  const companies = parsed.flatMap(({ ids }) => ids.company_id ?? []);
  const places = await consumer.share.enter(companies, invocation.remainingMs());
  const mayNow = ({ ids }: Parsed) => !ids.company_id || places.tenants.has(ids.company_id);
  const groups = groupRecords(parsed, groupOf);
  const order = lastAndAlone(groups.length);
  const ordered: TurnInvocation = {
    remainingMs: () => invocation.remainingMs(),
    lastAndAlone: order.wait,
  };
  const settle = async (group: Parsed[]) => {
    if (!group.every(mayNow)) return waitForPlace(group, consumer);
    const stays = await consumeGroup(group, consumer, ordered);
    if (groups.length > 1) await deleteDone(group, stays, consumer);
    return stays;
  };
  try {
    const failed = await Promise.all(groups.map((group) => settle(group).finally(order.done)));
    return batchResponse(failed.flat());
  } finally {
    await places.leave();
  }
}

/** A company that has its share of the invocations waits in the queue, and others are answered meanwhile. */
async function waitForPlace(group: Parsed[], consumer: BatchConsumer): Promise<string[]> {
  const records = group.map(({ record }) => record);
  const receives = Number(records[0]?.attributes?.ApproximateReceiveCount ?? 1);
  consumer.meter.count('WaitedForShare', records.length);
  await returnAfter(records, waitForShare(receives, consumer.random), consumer);
  return records.map(({ messageId }) => messageId);
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

/** The ids of the records that stay in the queue. */
async function consumeGroup(
  group: Parsed[],
  consumer: BatchConsumer,
  invocation: TurnInvocation,
): Promise<string[]> {
  // From the first that cannot be read yet on, all wait, so that their order holds.
  const waiting = group.findIndex((one) => 'error' in one && one.error.next === 'retry');
  const now = waiting === -1 ? group : group.slice(0, waiting);
  const later = group.slice(now.length).map(({ record }) => record);
  const stuck = await discardUnreadable(now, consumer);
  const answered = await answerMessages(now, consumer, invocation);
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
  invocation: TurnInvocation,
): Promise<string[]> {
  const parsedOf = new Map(group.map((one) => [one.record.messageId, one]));
  const messages = group.flatMap((one) => ('message' in one ? [one.message] : []));
  const [first] = messages;
  if (!first) return [];
  const stuck: string[] = [];
  const result = await answerSafely(messages, consumer.portsFor(first), invocation, consumer);
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
  invocation: TurnInvocation,
  consumer: BatchConsumer,
): Promise<GroupResult> {
  try {
    return await answerGroup(messages, ports, invocation);
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
