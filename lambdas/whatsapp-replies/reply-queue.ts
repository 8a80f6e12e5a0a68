import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { type EngineError, retryLater } from '../shared/errors.ts';
import { maxVisibilitySeconds, sendableBody, textAttribute } from '../shared/queue/sqs.ts';
import type { ReplyQueueMessage } from './messages.ts';

/** The queue between the webhook and the reply processor: FIFO, one group a conversation. */
export const replyInbox = (client: Pick<SQSClient, 'send'>, queueUrl: string) => ({
  async put(message: ReplyQueueMessage, messageSid: string): Promise<void> {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: sendableBody(JSON.stringify(message)),
        MessageGroupId: message.conversation_id,
        MessageDeduplicationId: messageSid,
      }),
    );
  },
});
export type ReplyInbox = ReturnType<typeof replyInbox>;

/** The consumer's side of it. */
export interface ReplyRecords {
  /** Deletes records before the invocation's end does; to delete one twice is harmless. */
  deleteDone(records: SQSRecord[]): Promise<void>;
  /** Lets records come back after that time instead of the queue's whole visibility timeout. */
  returnAfter(records: SQSRecord[], seconds: number): Promise<void>;
  /** Puts a copy with the reason into the dead-letter queue; the original is deleted as done. */
  deadLetter(record: SQSRecord, error: EngineError, nowMs: number): Promise<void>;
}

export const replyRecords = (
  client: Pick<SQSClient, 'send'>,
  urls: { queueUrl: string; deadLetterUrl: string },
): ReplyRecords => ({
  async deleteDone(records) {
    const { Failed: failed } = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: urls.queueUrl,
        Entries: records.map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
        })),
      }),
    );
    if (failed?.length) {
      throw retryLater(
        'not_deleted',
        `SQS refused ${failed.length} deletions: ${codesOf(failed)}.`,
      );
    }
  },

  async returnAfter(records, seconds) {
    const visibility = Math.min(maxVisibilitySeconds, Math.max(0, Math.ceil(seconds)));
    const { Failed: failed } = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: urls.queueUrl,
        Entries: records.map((record, index) => ({
          Id: String(index),
          ReceiptHandle: record.receiptHandle,
          VisibilityTimeout: visibility,
        })),
      }),
    );
    if (failed?.length) {
      const codes = codesOf(failed);
      throw retryLater('visibility_not_set', `SQS refused ${failed.length} backoffs: ${codes}.`);
    }
  },

  async deadLetter(record, error, nowMs) {
    await client.send(
      new SendMessageCommand({
        QueueUrl: urls.deadLetterUrl,
        MessageBody: sendableBody(record.body),
        MessageGroupId: record.attributes?.MessageGroupId ?? record.messageId,
        // A message that was redriven and failed again must not be taken for its own duplicate.
        MessageDeduplicationId: `${record.messageId}-${nowMs}`,
        MessageAttributes: {
          reason_code: textAttribute(error.code),
          reason: textAttribute(error.message),
          failed_at: textAttribute(new Date(nowMs).toISOString()),
          record_id: textAttribute(record.messageId),
        },
      }),
    );
  },
});

const codesOf = (failed: BatchResultErrorEntry[]): string =>
  failed.map(({ Code: code }) => code).join(', ');
