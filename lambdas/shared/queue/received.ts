import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { retryLater } from '../errors.ts';
import { enqueue } from './enqueue.ts';
import { codesOf, maxVisibilitySeconds, type QueueClient } from './sqs.ts';

type Receipt = Pick<SQSRecord, 'receiptHandle'>;

const triesBefore = 'tries_before';
const waitsBefore = 'waits_before';

/** How often a message was tried, this time included: its receives, and the tries of those that it is a copy of. */
export const triesOf = ({ attributes, messageAttributes }: SQSRecord): number =>
  Number(messageAttributes?.[triesBefore]?.stringValue ?? 0) +
  Number(attributes?.ApproximateReceiveCount ?? 1);

/** How often a message has waited for a worker. */
export const waitsOf = ({ messageAttributes }: SQSRecord): number =>
  Number(messageAttributes?.[waitsBefore]?.stringValue ?? 0);

/** What can be done with messages that were received from a queue; at most ten at once. */
export const receivedMessages = (client: QueueClient, queueUrl: string) => ({
  /** Lets messages come back after that time instead of the queue's whole visibility timeout. */
  async returnAfter(receipts: Receipt[], seconds: number): Promise<void> {
    const visibility = Math.min(maxVisibilitySeconds, Math.max(0, Math.ceil(seconds)));
    const { Failed: failed = [] } = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: entriesOf(receipts).map((entry) => ({ ...entry, VisibilityTimeout: visibility })),
      }),
    );
    if (failed.length === 0) return;
    const what = `SQS refused ${failed.length} backoffs: ${codesOf(failed)}.`;
    throw retryLater('visibility_not_set', what);
  },

  /** Deletes messages before the invocation's end does; to delete one twice is harmless. */
  async delete(receipts: Receipt[]): Promise<void> {
    const { Failed: failed = [] } = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entriesOf(receipts) }),
    );
    if (failed.length === 0) return;
    throw retryLater('not_deleted', `SQS refused ${failed.length} deletions: ${codesOf(failed)}.`);
  },

  /** Puts a copy behind the others of a standard queue that comes after that time; the original is then done. */
  async sendAgain(record: SQSRecord, delaySeconds: number): Promise<void> {
    const groupId = record.attributes?.MessageGroupId;
    await enqueue(client, queueUrl, {
      body: record.body,
      ...(groupId && { groupId }),
      delaySeconds,
      // This time nothing was tried.
      attributes: { [triesBefore]: triesOf(record) - 1, [waitsBefore]: waitsOf(record) + 1 },
    });
  },
});

const entriesOf = (receipts: Receipt[]) =>
  receipts.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
