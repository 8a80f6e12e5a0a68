import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { errorForLog, type Log } from '../shared/log.ts';
import { readMessage } from '../shared/queue/consume.ts';
import { enqueueAll, type QueueClient } from '../shared/queue/enqueue.ts';
import { type DeadLetters, maxVisibilitySeconds } from '../shared/queue/settle.ts';
import { type ReadyMessage, readyMessage } from './messages.ts';
import { type ReadyQueue, type Task, taskOf } from './work/worker-dependencies.ts';

/** A message of the queue. The event source deletes those of its batch, which have a `recordId`. */
export interface Receipt {
  handle: string;
  body: string;
  recordId?: string;
  received?: number;
}

const maxPerReceive = 10;

/** Puts emails that are ready into the queue; those that are not due yet are delayed as far as SQS can. */
export const sendReady = (
  client: QueueClient,
  queueUrl: string,
  messages: ReadyMessage[],
  now: number,
  afterSeconds = 0,
): Promise<void> =>
  enqueueAll(
    client,
    queueUrl,
    messages.map((body) => ({
      body,
      // A fair queue: one tenant's long run does not hold up the others'.
      groupId: body.tenant_id,
      delaySeconds: Math.max(afterSeconds, Math.floor(((body.release_at ?? 0) - now) / 1000)),
    })),
  );

export interface ReadyQueueParts {
  client: QueueClient;
  queueUrl: string;
  deadLetters: DeadLetters;
  now: () => number;
  log: Pick<Log, 'warn' | 'error'>;
}

/** The queue of ready emails; `read` gives the tasks of messages, of which malformed ones become dead letters. */
export function readyQueue({ client, queueUrl, deadLetters, now, log }: ReadyQueueParts) {
  const finish = async ({ handle, recordId }: Receipt): Promise<void> => {
    if (recordId) return;
    await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: handle }));
  };

  const read = async (receipts: Receipt[]): Promise<Task<Receipt>[]> => {
    const tasks: Task<Receipt>[] = [];
    for (const receipt of receipts) {
      const { body, received = 1 } = receipt;
      const found = readMessage(readyMessage, body);
      if ('message' in found) {
        tasks.push({ ...taskOf(found.message), receipt, received });
        continue;
      }
      await deadLetters.put({ body }, found.error);
      log.error('A malformed message went to the dead-letter queue.', {
        error_code: found.error.code,
        reason: found.error.message,
      });
      await finish(receipt);
    }
    return tasks;
  };

  const queue: ReadyQueue<Receipt> = {
    finish,

    async pull(max) {
      const { Messages: messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(max, maxPerReceive),
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

    put: (messages, afterSeconds) => sendReady(client, queueUrl, messages, now(), afterSeconds),

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
        log.warn(
          'The backoff could not be set; the email comes back after the visibility timeout.',
          {
            error: errorForLog(error),
          },
        );
      }
    },

    deadLetter: (body, error) => deadLetters.put({ body }, error),
  };
  return { ...queue, read };
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
