import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { QueueAddress, Queues } from '../../../local/cloud/queues.ts';

/** A FIFO queue of the test's own, whose messages stay in flight for long unless said otherwise. */
export const aQueue = (queues: Queues, attributes: Record<string, string> = {}) =>
  queues.create(`trial-${randomUUID()}.fifo`, {
    FifoQueue: 'true',
    VisibilityTimeout: '300',
    ...attributes,
  });

/** Sends a message that is its own group and deduplication id unless said otherwise. */
export const send = ({ client }: Queues, queue: QueueAddress, body: string, group = body) =>
  client.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: body,
    }),
  );

/** How many messages wait, and how many are in flight. */
export async function depth({ client }: Queues, queue: QueueAddress) {
  const { Attributes: attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['All'] }),
  );
  return {
    waiting: Number(attributes?.['ApproximateNumberOfMessages']),
    inFlight: Number(attributes?.['ApproximateNumberOfMessagesNotVisible']),
  };
}

export const empty = { waiting: 0, inFlight: 0 };
