import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { onTestFinished } from 'vitest';
import { aRecord } from './sqs-event.ts';
import { queuesHere } from './stores.ts';

/** Queues on a server, gone after the test: one of work and one for its dead letters. */
export async function realQueues({ fifo = false } = {}) {
  const queues = await queuesHere();
  onTestFinished(() => queues.close());
  const create = async (name: string) =>
    (await queues.create(fifo ? `${name}.fifo` : name, fifo ? { FifoQueue: 'true' } : {})).url;
  const [queueUrl, deadLetterUrl] = [await create('work'), await create('work-dead')];
  const receive = async (url = queueUrl, WaitTimeSeconds = 0): Promise<Message[]> => {
    const { Messages: messages = [] } = await queues.client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        WaitTimeSeconds,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return messages;
  };
  return { client: queues.client, queueUrl, deadLetterUrl, receive };
}

/** What was received, as an event source hands it over. */
export function recordOf(message: Message | undefined): SQSRecord {
  if (!message) throw new Error('Expected a message to be received, got none.');
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
    name,
    { dataType: value.DataType, stringValue: value.StringValue },
  ]);
  return {
    ...aRecord(String(message.MessageId), String(message.Body)),
    receiptHandle: String(message.ReceiptHandle),
    attributes: message.Attributes as unknown as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(attributes),
  };
}
