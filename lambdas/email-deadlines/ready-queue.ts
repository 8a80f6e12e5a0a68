import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { discardWork, type EngineError, retryLater } from '../shared/errors.ts';
import { inParallel } from '../shared/in-parallel.ts';
import { errorForLog, type Log } from '../shared/log.ts';
import { maxVisibilitySeconds, sendableBody } from '../shared/queue/sqs.ts';
import { type ReadyMessage, readyMessage } from './messages.ts';
import type { ReadyDeadLetters } from './ready-dead-letters.ts';
import type { ReadyQueue, Task } from './work/office.ts';

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
export async function enqueueReady(
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

export function readyQueue({
  client,
  queueUrl,
  deadLetters,
  now,
  log,
}: ReadyQueueParts): ReadyQueue<Receipt> {
  const remove = (handle: string) =>
    client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: handle }));
  return {
    async pull(most) {
      const { Messages: messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(most, perBatch),
          WaitTimeSeconds: 0,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      const tasks = messages.map((message) => {
        const receipt = {
          handle: String(message.ReceiptHandle),
          body: String(message.Body),
          received: receivedOf(message.Attributes),
        };
        return { receipt, task: taskOf(receipt) };
      });
      for (const { receipt, task } of tasks) {
        if (!(task instanceof Error)) continue;
        await deadLetters.putBody(receipt.body, task);
        await remove(receipt.handle);
      }
      return tasks.flatMap(({ task }) => (task instanceof Error ? [] : [task]));
    },

    put: (messages, afterSeconds = 0) =>
      enqueueReady(client, queueUrl, messages, now(), afterSeconds),

    async finish({ handle, recordId }) {
      // The event source deletes what it has handed over.
      if (!recordId) await remove(handle);
    },

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

/** The task of a message; an error where it is malformed. */
export function taskOf(receipt: Receipt): Task<Receipt> | EngineError {
  const result = readyMessage.safeParse(parseJson(receipt.body));
  if (result.success) {
    const { email_id, deadlines, spare } = result.data;
    const { received = 1 } = receipt;
    return { email_id, deadlines, spare, message: result.data, receipt, received };
  }
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
