import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { type DeadLetterQueue, deadLetterQueues, queueNamed } from '../../../bin/dlq/queues.ts';
import type { Queues } from '../../../local/cloud/queues.ts';
import { queuesHere } from '../../support/stores.ts';

export const target = { stage: 'dev', prefix: 'acme' } as const;

const fifoAttributes = {
  FifoQueue: 'true',
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
};

/** A queue of work with its dead letters, on the embedded SQS. */
export interface TestQueue {
  queues: Queues;
  letters: DeadLetterQueue;
  sourceUrl: string;
  die(body: unknown, more?: { group?: string; reason?: string }): Promise<string>;
  /** What has been sent back, taken out. */
  sentBack(): Promise<{ body: string; group?: string; attributes: string[] }[]>;
  close(): Promise<void>;
}

export async function startTestQueue(fifo: boolean): Promise<TestQueue> {
  const queues = await queuesHere();
  const end = fifo ? '.fifo' : '';
  const attributes: Record<string, string> = fifo ? fifoAttributes : {};
  const { url: sourceUrl } = await queues.create(`acme-orders-dev${end}`, attributes);
  const { url } = await queues.create(`acme-orders-dlq-dev${end}`, attributes);
  const letters = queueNamed(await deadLetterQueues(queues.client, target), 'orders');
  let sent = 0;
  return {
    queues,
    letters,
    sourceUrl,
    async die(body, { group = 'g', reason } = {}) {
      sent += 1;
      const { MessageId: id } = await queues.client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: JSON.stringify(body),
          ...(fifo && { MessageGroupId: group, MessageDeduplicationId: `d${sent}` }),
          MessageAttributes: {
            trace: { DataType: 'String', StringValue: 't' },
            ...(reason && { reason_code: { DataType: 'String', StringValue: reason } }),
          },
        }),
      );
      return String(id);
    },
    async sentBack() {
      const all = [];
      for (;;) {
        const { Messages: messages = [] } = await queues.client.send(
          new ReceiveMessageCommand({
            QueueUrl: sourceUrl,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
            VisibilityTimeout: 600,
          }),
        );
        if (messages.length === 0) return all;
        for (const { Body, Attributes = {}, MessageAttributes = {}, ReceiptHandle } of messages) {
          const group = Attributes['MessageGroupId' as keyof typeof Attributes];
          const names = Object.keys(MessageAttributes);
          all.push({ body: String(Body), ...(group && { group }), attributes: names });
          await queues.client.send(
            new DeleteMessageCommand({ QueueUrl: sourceUrl, ReceiptHandle }),
          );
        }
      }
    },
    close: () => queues.close(),
  };
}
