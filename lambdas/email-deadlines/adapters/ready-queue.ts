import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { discardWork, type EngineError, retryLater } from '../../runtime/errors.ts';
import { errorForLog, type Log } from '../../runtime/log.ts';
import { sendableBody } from '../../runtime/sqs.ts';
import { type ReadyMessage, readyMessage } from '../contract.ts';
import type { ReadyQueue, Task } from '../domain/office.ts';

/** A message of the queue; those of the batch are named to the event source when they must come back. */
export interface Receipt {
  handle: string;
  body: string;
  recordId?: string;
}

/** SQS's longest delay and, for messages that were received, longest visibility timeout, in seconds. */
const maxDelaySeconds = 900;
const maxVisibilitySeconds = 43_200;
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
  const work = Array.from({ length: parallelBatches }, async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const { Failed: failed } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map((message, index) => ({
            Id: String(index),
            MessageBody: sendableBody(JSON.stringify(message)),
            DelaySeconds: Math.ceil(delayOf(message)),
          })),
        }),
      );
      if (failed?.length) {
        throw retryLater('not_enqueued', `SQS refused ${failed.length} emails that are ready.`);
      }
    }
  });
  await Promise.all(work);
}

export function readyQueue(
  client: Client,
  urls: { queueUrl: string; deadLetterUrl: string },
  now: () => number,
  log: Pick<Log, 'warn'>,
): ReadyQueue<Receipt> {
  return {
    async pull(most) {
      const { Messages: messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: urls.queueUrl,
          MaxNumberOfMessages: Math.min(most, perBatch),
          WaitTimeSeconds: 0,
        }),
      );
      const tasks = messages.map((message) => {
        const receipt = { handle: String(message.ReceiptHandle), body: String(message.Body) };
        return { receipt, task: taskOf(receipt) };
      });
      for (const { receipt, task } of tasks) {
        if (task instanceof Error) await deadLetterBody(client, urls, receipt, task, now());
      }
      return tasks.flatMap(({ task }) => (task instanceof Error ? [] : [task]));
    },

    put: (messages, afterSeconds = 0) =>
      enqueueReady(client, urls.queueUrl, messages, now(), afterSeconds),

    async finish({ handle, recordId }) {
      // The event source deletes what it has handed over.
      if (recordId) return;
      await client.send(
        new DeleteMessageCommand({ QueueUrl: urls.queueUrl, ReceiptHandle: handle }),
      );
    },

    async returnAfter({ handle }, seconds) {
      const visibility = Math.min(maxVisibilitySeconds, Math.max(0, Math.ceil(seconds)));
      try {
        await client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: urls.queueUrl,
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

    deadLetter: (message, error) =>
      send(client, urls.deadLetterUrl, JSON.stringify(message), error, now()),
  };
}

/** The task of a message; an error where it is malformed. */
export function taskOf(receipt: Receipt): Task<Receipt> | EngineError {
  const result = readyMessage.safeParse(parseJson(receipt.body));
  if (result.success) {
    const { email_id, deadlines, spare } = result.data;
    return { email_id, deadlines, spare, message: result.data, receipt };
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

/** A malformed message is of no use a second time: it goes to the dead letters as it is, with its reason. */
export async function deadLetterBody(
  client: Client,
  urls: { queueUrl: string; deadLetterUrl: string },
  receipt: Receipt,
  error: EngineError,
  nowMs: number,
): Promise<void> {
  await send(client, urls.deadLetterUrl, receipt.body, error, nowMs);
  if (receipt.recordId) return;
  await client.send(
    new DeleteMessageCommand({ QueueUrl: urls.queueUrl, ReceiptHandle: receipt.handle }),
  );
}

async function send(
  client: Client,
  queueUrl: string,
  body: string,
  error: EngineError,
  nowMs: number,
): Promise<void> {
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: sendableBody(body),
      MessageAttributes: {
        reason_code: text(error.code),
        reason: text(error.message.slice(0, 1_000)),
        failed_at: text(new Date(nowMs).toISOString()),
      },
    }),
  );
}

export const receiptOf = (record: SQSRecord): Receipt => ({
  handle: record.receiptHandle,
  body: record.body,
  recordId: record.messageId,
});
