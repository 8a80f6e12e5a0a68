import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { type Clock, isoTime } from '../clock.ts';
import { type EngineError, retryLater } from '../errors.ts';
import { errorForLog, type Meter } from '../log.ts';
import type { ConsumerParts, Received } from './consumer.ts';
import { codesOf, enqueue, type QueueClient } from './enqueue.ts';

/**
 * How a consumer settles messages that it has not done. Each returns the ids of those that stay in the queue, and
 * none throws: what the queue does not take stays, and comes back after its visibility timeout.
 */
export function settlement(parts: ConsumerParts) {
  const { random } = parts;
  const queue = receivedMessages(parts.client, parts.queueUrl);
  const dead = deadLetters(parts);

  /** Lets them come back after this many seconds. */
  async function retryAfter(received: readonly Received[], seconds: number): Promise<string[]> {
    const [first] = received;
    if (!first) return [];
    try {
      await queue.returnAfter(recordsOf(received), seconds);
    } catch (error) {
      first.log.warn(
        'The backoff could not be set; the message comes back after the visibility timeout.',
        {
          error: errorForLog(error),
        },
      );
    }
    return recordIdsOf(received);
  }

  /** Sends it to the dead-letter queue with the reason. */
  async function deadLetter({ record, log }: Received, error: EngineError): Promise<string[]> {
    const { messageId: recordId, body, attributes } = record;
    const groupId = attributes?.MessageGroupId;
    try {
      await dead.put({ body, recordId, ...(groupId && { groupId }) }, error);
    } catch (thrown) {
      log.error('The dead-letter queue did not accept the message; it stays in its queue.', {
        error_code: error.code,
        error: errorForLog(thrown),
      });
      return [recordId];
    }
    const line = { error_code: error.code, error: errorForLog(error) };
    if (error.next === 'alert') log.critical('A message went to the dead-letter queue.', line);
    else log.error('A message went to the dead-letter queue.', line);
    return [];
  }

  /** Lets a message of a standard queue wait for a worker, as a copy behind the others: this does not count as a try. */
  async function waitBehind({ record, log }: Received): Promise<string[]> {
    try {
      await queue.sendAgain(record, waitForShare(waitsOf(record) + 1, random));
      return [];
    } catch (error) {
      log.warn(
        'A message that waits for a worker could not be sent again; it comes back after the visibility timeout.',
        { tries: triesOf(record), error: errorForLog(error) },
      );
      return [record.messageId];
    }
  }

  /** Deletes done messages before the invocation ends, because SQS delivers nothing more of their group until then. */
  async function deleteDone(done: readonly Received[]): Promise<void> {
    const [first] = done;
    if (!first) return;
    try {
      await queue.delete(recordsOf(done));
    } catch (error) {
      first.log.warn('Done messages could not be deleted; the end of the batch deletes them.', {
        error: errorForLog(error),
      });
    }
  }

  return { retryAfter, deadLetter, waitBehind, deleteDone };
}
export type Settlement = ReturnType<typeof settlement>;

const recordsOf = (received: readonly Received[]) => received.map(({ record }) => record);

export const recordIdsOf = (received: readonly Received[]): string[] =>
  received.map(({ record }) => record.messageId);

/** Longest pauses before a message is looked at again whose tenant has its share, in seconds, by how often it was. */
const longestPauses = [1, 2];
const usualPause = 4;

/**
 * Seconds after which a message whose tenant has its share is looked at again; `looks` counts from 1, this one included.
 * They grow to four, each shortened by chance to no less than half. Of a wait of hours they grow to a minute, since the
 * queue allows a thousand receives.
 */
export function waitForShare(looks: number, random: () => number): number {
  const pause = longestPauses[looks - 1] ?? Math.max(usualPause, Math.min(60, looks / 10));
  return Math.ceil((pause / 2) * (1 + random()));
}

export interface DeadLetter {
  /** The message, or its body as it came. */
  body: object | string;
  /** SQS's id of the message that it is a copy of. */
  recordId?: string;
  groupId?: string;
}

/** Where messages go that failed permanently. */
export interface DeadLetters {
  /** Puts a copy there with the reason, and counts it. Throws `retry` where it is not taken: the original must stay. */
  put(letter: DeadLetter, error: EngineError): Promise<void>;
}

export interface DeadLettersParts {
  client: QueueClient;
  deadLetterUrl: string;
  clock: Pick<Clock, 'now'>;
  meter: Pick<Meter, 'count'>;
}

export const deadLetters = (parts: DeadLettersParts): DeadLetters => ({
  async put({ body, recordId, groupId = recordId }, error) {
    const { client, deadLetterUrl, clock, meter } = parts;
    const now = clock.now();
    await enqueue(client, deadLetterUrl, {
      body,
      ...(deadLetterUrl.endsWith('.fifo') && {
        ...(groupId && { groupId }),
        // A message that was redriven and failed again must not be taken for its own duplicate.
        deduplicationId: `${recordId}-${now}`,
      }),
      attributes: {
        reason_code: error.code,
        reason: error.message,
        failed_at: isoTime(now),
        ...(recordId && { record_id: recordId }),
      },
    });
    meter.count('DeadLettered');
  },
});

/**
 * For how long a message that was received may be hidden, in seconds. SQS allows twelve hours from the receive and
 * refuses what goes beyond them: what is left is more than the longest invocation may have had it by then.
 */
export const maxVisibilitySeconds = 42_000;

type Receipt = Pick<SQSRecord, 'receiptHandle'>;

const triesBefore = 'tries_before';
const waitsBefore = 'waits_before';

/** How often a message was tried, this time included: its receives, and the tries of those that it is a copy of. */
export const triesOf = ({ attributes, messageAttributes }: SQSRecord): number =>
  Number(messageAttributes?.[triesBefore]?.stringValue ?? 0) +
  Number(attributes?.ApproximateReceiveCount ?? 1);

/** How often a message has waited for a worker. */
export const waitsOf = ({ messageAttributes }: SQSRecord): number =>
  Number(messageAttributes?.[waitsBefore]?.stringValue ?? 0);

/** When a record was sent, in milliseconds; emulators may leave the attribute out. */
export const sentAt = (record: SQSRecord, now: number): number =>
  Number(record.attributes?.SentTimestamp) || now;

/** What can be done with messages that were received from a queue; at most ten at once. */
export const receivedMessages = (client: QueueClient, queueUrl: string) => ({
  /** Lets messages come back after that time instead of the queue's whole visibility timeout. */
  async returnAfter(receipts: Receipt[], seconds: number): Promise<void> {
    const visibility = Math.min(maxVisibilitySeconds, Math.max(0, Math.ceil(seconds)));
    const { Failed: failed = [] } = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: entriesOf(receipts).map((entry) => ({ ...entry, VisibilityTimeout: visibility })),
      }),
    );
    if (failed.length === 0) return;
    const what = `SQS refused ${failed.length} backoffs: ${codesOf(failed)}.`;
    throw retryLater('visibility_not_set', what);
  },

  /** Deletes messages before the invocation's end does; deleting one twice does no harm. */
  async delete(receipts: Receipt[]): Promise<void> {
    const { Failed: failed = [] } = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entriesOf(receipts) }),
    );
    if (failed.length === 0) return;
    throw retryLater('not_deleted', `SQS refused ${failed.length} deletions: ${codesOf(failed)}.`);
  },

  /** Puts a copy behind the others of a standard queue that comes after that time; the original is then done. */
  async sendAgain(record: SQSRecord, delaySeconds: number): Promise<void> {
    const groupId = record.attributes?.MessageGroupId;
    await enqueue(client, queueUrl, {
      body: record.body,
      ...(groupId && { groupId }),
      delaySeconds,
      // This time nothing was tried.
      attributes: { [triesBefore]: triesOf(record) - 1, [waitsBefore]: waitsOf(record) + 1 },
    });
  },
});

const entriesOf = (receipts: Receipt[]) =>
  receipts.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
