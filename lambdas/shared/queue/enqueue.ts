import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { chunks } from '../chunks.ts';
import { type Clock, systemClock } from '../clock.ts';
import { callFailed, retryLater } from '../errors.ts';
import { inParallel } from '../in-parallel.ts';
import { codesOf, type QueueClient, sendableBody, textAttribute } from './sqs.ts';

export interface OutgoingMessage {
  /** An object is sent as JSON, a text as it is. */
  body: object | string;
  /** In a FIFO queue the messages that keep their order; in a standard queue those of one tenant, so that the queue is fair. */
  groupId?: string;
  /** A FIFO queue takes what has the same id once within five minutes. */
  deduplicationId?: string;
  /** At most 15 minutes; longer ones are cut. Not for FIFO queues. */
  delaySeconds?: number;
  attributes?: Record<string, string | number>;
}

const maxDelaySeconds = 900;
const batchSize = 10;
const parallelBatches = 8;
const maxTries = 3;
const firstPauseMs = 100;

/** Puts a message into a queue. Throws `retry` where SQS does not take it. */
export async function enqueue(
  client: QueueClient,
  queueUrl: string,
  message: OutgoingMessage,
): Promise<void> {
  await queueCall(() =>
    client.send(new SendMessageCommand({ QueueUrl: queueUrl, ...entryOf(message) })),
  );
}

/**
 * Puts many messages into a standard queue, ten in a call. What SQS refuses is sent again, twice; then it throws
 * `retry`, and some of the messages may be in the queue.
 */
export async function enqueueAll(
  client: QueueClient,
  queueUrl: string,
  messages: readonly OutgoingMessage[],
  { sleep }: Pick<Clock, 'sleep'> = systemClock,
): Promise<void> {
  const send = async (batch: readonly OutgoingMessage[]) => {
    const Entries = batch.map((message, index) => ({ Id: String(index), ...entryOf(message) }));
    const { Failed = [] } = await queueCall(() =>
      client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries })),
    );
    return Failed;
  };
  await inParallel(chunks(messages, batchSize), parallelBatches, async (batch) => {
    let left: readonly OutgoingMessage[] = batch;
    for (let tries = 1; ; tries++) {
      const refused = await send(left);
      if (refused.length === 0) return;
      if (tries === maxTries || refused.some(isOurs)) throw notEnqueued(refused);
      const ids = new Set(refused.map(({ Id }) => Id));
      left = left.filter((_, index) => ids.has(String(index)));
      await sleep(firstPauseMs * tries);
    }
  });
}

/** Sent again, it would be refused again. */
const isOurs = ({ SenderFault }: BatchResultErrorEntry): boolean => SenderFault === true;

const notEnqueued = (refused: BatchResultErrorEntry[]) =>
  retryLater('not_enqueued', `SQS refused ${refused.length} messages: ${codesOf(refused)}.`);

function entryOf({ body, groupId, deduplicationId, delaySeconds, attributes }: OutgoingMessage) {
  const named = Object.entries(attributes ?? {});
  return {
    MessageBody: sendableBody(typeof body === 'string' ? body : JSON.stringify(body)),
    ...(groupId && { MessageGroupId: groupId }),
    ...(deduplicationId && { MessageDeduplicationId: deduplicationId }),
    ...(delaySeconds !== undefined && {
      DelaySeconds: Math.min(maxDelaySeconds, Math.max(0, Math.ceil(delaySeconds))),
    }),
    ...(named.length > 0 && {
      MessageAttributes: Object.fromEntries(
        named.map(([name, value]) => [name, attributeOf(value)]),
      ),
    }),
  };
}

const attributeOf = (value: string | number) =>
  typeof value === 'string'
    ? textAttribute(value)
    : { DataType: 'Number', StringValue: String(value) };

async function queueCall<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw callFailed('queue', 'SQS failed to take a message.', error);
  }
}
