import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { isoTime } from '../clock.ts';
import type { EngineError } from '../errors.ts';
import { maxVisibilitySeconds, sendableBody, textAttribute } from './sqs.ts';

/** The consumer's side of a standard queue of work. */
export interface ConsumerQueue {
  /** Lets a message come back after that time instead of the queue's whole visibility timeout. */
  returnAfter(record: SQSRecord, seconds: number): Promise<void>;
  /** Puts a copy behind the others that comes after that time, at most 15 minutes; the original is deleted as done. */
  sendAgain(record: SQSRecord, seconds: number): Promise<void>;
  /** Puts a copy with the reason into the dead-letter queue; the original is deleted as done. */
  deadLetter(record: SQSRecord, error: EngineError, nowMs: number): Promise<void>;
}

const triesBefore = 'tries_before';
const waitsBefore = 'waits_before';

/** How often a message was tried, this time included: its receives, and the tries of those that it is a copy of. */
export const triesOf = ({ attributes, messageAttributes }: SQSRecord): number =>
  Number(messageAttributes?.[triesBefore]?.stringValue ?? 0) +
  Number(attributes?.ApproximateReceiveCount ?? 1);

/** How often a message has waited for a worker. */
export const waitsOf = ({ messageAttributes }: SQSRecord): number =>
  Number(messageAttributes?.[waitsBefore]?.stringValue ?? 0);

const maxDelaySeconds = 900;

export const consumerQueue = (
  client: Pick<SQSClient, 'send'>,
  urls: { queueUrl: string; deadLetterUrl: string },
): ConsumerQueue => ({
  async returnAfter({ receiptHandle }, seconds) {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: urls.queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.min(maxVisibilitySeconds, Math.ceil(seconds)),
      }),
    );
  },

  async sendAgain(record, seconds) {
    const { MessageGroupId: group } = record.attributes ?? {};
    await client.send(
      new SendMessageCommand({
        QueueUrl: urls.queueUrl,
        MessageBody: sendableBody(record.body),
        DelaySeconds: Math.min(maxDelaySeconds, Math.ceil(seconds)),
        ...(group && { MessageGroupId: group }),
        // This time nothing was tried.
        MessageAttributes: {
          [triesBefore]: { DataType: 'Number', StringValue: String(triesOf(record) - 1) },
          [waitsBefore]: { DataType: 'Number', StringValue: String(waitsOf(record) + 1) },
        },
      }),
    );
  },

  async deadLetter(record, error, nowMs) {
    await client.send(
      new SendMessageCommand({
        QueueUrl: urls.deadLetterUrl,
        MessageBody: sendableBody(record.body),
        MessageAttributes: {
          reason_code: textAttribute(error.code),
          reason: textAttribute(error.message),
          failed_at: textAttribute(isoTime(nowMs)),
          record_id: textAttribute(record.messageId),
        },
      }),
    );
  },
});
