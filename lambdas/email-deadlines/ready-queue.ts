import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { discardWork, EngineError, retryLater } from '../shared/errors.ts';
import { inParallel } from '../shared/in-parallel.ts';
import { errorForLog, type Log } from '../shared/log.ts';
import { maxVisibilitySeconds, sendableBody } from '../shared/queue/sqs.ts';
import { type ReadyMessage, readyMessage } from './messages.ts';
import type { ReadyDeadLetters } from './ready-dead-letters.ts';
import { type ReadyQueue, type Task, taskOf } from './work/worker-dependencies.ts';

/** A message of the queue; those of the batch are named to the event source when they must come back. */
export interface Receipt {
  handle: string;
  body: string;
  recordId?: string;
  received?: number;
}

/** SQS's longest delay, in seconds. */
const maxDelaySeconds = 900;
const perBatch = 10;
const parallelBatches = 8;

type Client = Pick<SQSClient, 'send'>;

/** Puts emails that are ready into the queue, in this order; those that are not yet due are delayed as far as SQS can. */
export async function sendReady(
  client: Client,
  queueUrl: string,
  messages: ReadyMessage[],
  now: number,
  afterSeconds = 0,
): Promise<void> {
  const delayOf = ({ release_at = 0 }: ReadyMessage) =>
    Math.min(maxDelaySeconds, Math.max(afterSeconds, Math.floor((release_at - now) / 1000), 0));
  const batches = Array.from({ length: Math.ceil(messages.length / perBatch) }, (_, index) =>
    messages.slice(index * perBatch, (index + 1) * perBatch),
  );
  await inParallel(batches, parallelBatches, async (batch) => {
    const { Failed: failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: batch.map((message, index) => ({
          Id: String(index),
          MessageBody: sendableBody(JSON.stringify(message)),
          DelaySeconds: Math.ceil(delayOf(message)),
          // A fair queue: one tenant's long run does not hold up the others'.
          MessageGroupId: message.tenant_id,
        })),
      }),
    );
    if (failed?.length) {
      throw retryLater('not_enqueued', `SQS refused ${failed.length} emails that are ready.`);
    }
  });
}

export interface ReadyQueueParts {
  client: Client;
  queueUrl: string;
  deadLetters: ReadyDeadLetters;
  now: () => number;
  log: Pick<Log, 'warn'>;
}

/** The queue, and how the messages that its event source delivers are read. */
export interface ReceivedQueue extends ReadyQueue<Receipt> {
  /** The tasks of these messages; those that are malformed become dead letters. */
  read(receipts: Receipt[]): Promise<Task<Receipt>[]>;
}

export function readyQueue({
  client,
  queueUrl,
  deadLetters,
  now,
  log,
}: ReadyQueueParts): ReceivedQueue {
  const finish = async ({ handle, recordId }: Receipt): Promise<void> => {
    // The event source deletes what it has delivered.
    if (recordId) return;
    await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: handle }));
  };

  const read = async (receipts: Receipt[]): Promise<Task<Receipt>[]> => {
    const tasks: Task<Receipt>[] = [];
    for (const receipt of receipts) {
      const message = messageOf(receipt.body);
      if (message instanceof EngineError) {
        await deadLetters.putBody(receipt.body, message);
        await finish(receipt);
      } else tasks.push({ ...taskOf(message), receipt, received: receipt.received ?? 1 });
    }
    return tasks;
  };

  return {
    read,
    finish,

    async pull(most) {
      const { Messages: messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(most, perBatch),
          WaitTimeSeconds: 0,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      return read(
        messages.map((message) => ({
          handle: String(message.ReceiptHandle),
          body: String(message.Body),
          received: receivedOf(message.Attributes),
        })),
      );
    },

    put: (messages, afterSeconds = 0) => sendReady(client, queueUrl, messages, now(), afterSeconds),

    async returnAfter({ handle }, seconds) {
      const visibility = Math.min(maxVisibilitySeconds, Math.max(0, Math.ceil(seconds)));
      try {
        await client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: queueUrl,
            ReceiptHandle: handle,
            VisibilityTimeout: visibility,
          }),
        );
      } catch (error) {
        log.warn('An email comes back after the whole visibility timeout, not when it was to.', {
          error: errorForLog(error),
        });
      }
    },

    deadLetter: deadLetters.put,
  };
}

function messageOf(body: string): ReadyMessage | EngineError {
  const result = readyMessage.safeParse(parseJson(body));
  if (result.success) return result.data;
  const names = result.error.issues.map((issue) => issue.path.join('.') || 'the message');
  return discardWork(
    'malformed_message',
    `The queue message is malformed: ${names.join(', ')} is missing or malformed.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const receiptOf = (record: SQSRecord): Receipt => ({
  handle: record.receiptHandle,
  body: record.body,
  recordId: record.messageId,
  received: receivedOf(record.attributes),
});

/** Emulators may leave the count out. */
const receivedOf = (attributes: { ApproximateReceiveCount?: string } = {}): number =>
  Number(attributes.ApproximateReceiveCount) || 1;
