import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { isoTime } from '../../runtime/clock.ts';
import type { EngineError } from '../../runtime/errors.ts';
import { maxVisibilitySeconds, sendableBody } from '../../runtime/sqs.ts';

/** The consumer's side of a standard queue of work. */
export interface ConsumerQueue {
  /** Lets a message come back after that time instead of the queue's whole visibility timeout. */
  returnAfter(record: SQSRecord, seconds: number): Promise<void>;
  /** Puts a copy with the reason into the dead-letter queue; the original is deleted as done. */
  deadLetter(record: SQSRecord, error: EngineError, nowMs: number): Promise<void>;
}

/** The pause that a consumer sets itself on what has failed. */
export const backTo =
  (client: Pick<SQSClient, 'send'>, queueUrl: string): ConsumerQueue['returnAfter'] =>
  async ({ receiptHandle }, seconds) => {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.min(maxVisibilitySeconds, Math.ceil(seconds)),
      }),
    );
  };

export const consumerQueue = (
  client: Pick<SQSClient, 'send'>,
  urls: { queueUrl: string; deadLetterUrl: string },
): ConsumerQueue => ({
  returnAfter: backTo(client, urls.queueUrl),

  async deadLetter(record, error, nowMs) {
    const text = (value: string) => ({ DataType: 'String', StringValue: value });
    await client.send(
      new SendMessageCommand({
        QueueUrl: urls.deadLetterUrl,
        MessageBody: sendableBody(record.body),
        MessageAttributes: {
          reason_code: text(error.code),
          reason: text(error.message.slice(0, 1_000)),
          failed_at: text(isoTime(nowMs)),
          record_id: text(record.messageId),
        },
      }),
    );
  },
});
