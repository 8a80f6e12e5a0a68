import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type Clock, systemClock } from '../clock.ts';
import { callFailed, retryLater } from '../errors.ts';
import { chunks, inParallel } from '../in-parallel.ts';

export type QueueClient = Pick<SQSClient, 'send'>;

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

/** Puts a message into a queue. Throws `retry` if SQS does not accept it. */
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

/**
 * A body without the characters that SQS and its emulators refuse, written as JSON escapes: in a JSON
 * text they stand within strings only, so that it says the same.
 */
export const sendableBody = (json: string): string =>
  json.replace(/[\ud800-\udfff\ufffe\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);

const maxAttributeChars = 1_000;

/** An attribute of a message with this text, cut short, and without what SQS refuses there. */
export const textAttribute = (text: string) => ({
  DataType: 'String',
  StringValue: text
    .slice(0, maxAttributeChars)
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'),
});

/** Why SQS refused entries of a batch. */
export const codesOf = (failed: BatchResultErrorEntry[]): string =>
  [...new Set(failed.map(({ Code: code }) => code))].join(', ');
