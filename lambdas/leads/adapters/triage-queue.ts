import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { retryLater } from '../../runtime/errors.ts';
import { maxVisibilitySeconds, sendableBody } from '../../runtime/sqs.ts';
import type { TriageMessage } from '../contract.ts';

/** The queue of leads that wait to be judged. */
export const triageQueue = (client: Pick<SQSClient, 'send'>, queueUrl: string) => ({
  async enqueue(message: TriageMessage): Promise<void> {
    try {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: sendableBody(JSON.stringify(message)),
          // A fair queue: one tenant's flood does not hold up the others.
          MessageGroupId: message.tenant_id,
        }),
      );
    } catch (error) {
      throw retryLater('queue', 'SQS failed to take a lead.', { cause: error });
    }
  },

  /** When a message that could not be handled comes back. */
  async returnAfter({ receiptHandle }: SQSRecord, seconds: number): Promise<void> {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.min(maxVisibilitySeconds, Math.max(0, Math.ceil(seconds))),
      }),
    );
  },
});
export type TriageQueue = ReturnType<typeof triageQueue>;
