import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { discardWork } from '../../../lambdas/shared/errors.ts';
import { consumerQueue, triesOf } from '../../../lambdas/shared/queue/consumer-queue.ts';
import { aRecord } from '../../support/sqs-event.ts';
import { queuesHere } from '../../support/stores.ts';

async function someQueues() {
  const queues = await queuesHere();
  onTestFinished(() => queues.close());
  const [{ url: queueUrl }, { url: deadLetterUrl }] = await Promise.all([
    queues.create('deliveries', { VisibilityTimeout: '60' }),
    queues.create('dead', {}),
  ]);
  const receive = async (url: string, WaitTimeSeconds = 0) => {
    const { Messages: messages = [] } = await queues.client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        WaitTimeSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return messages;
  };
  return { ...queues, queueUrl, deadLetterUrl, receive };
}

describe('the queue of deliveries', () => {
  it('brings a message back when it is told to, counting how often', async () => {
    const { client, queueUrl, deadLetterUrl, receive } = await someQueues();
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'x' }));
    const [first] = await receive(queueUrl);
    const record = { ...aRecord('r1', 'x'), receiptHandle: String(first?.ReceiptHandle) };

    expect(await receive(queueUrl)).toEqual([]);
    await consumerQueue(client, { queueUrl, deadLetterUrl }).returnAfter(record, 1);

    const [second] = await receive(queueUrl, 5);
    expect(second?.Attributes?.['ApproximateReceiveCount']).toBe('2');
  });

  it('gives the dead letters the message as it is, and why', async () => {
    const { client, queueUrl, deadLetterUrl, receive } = await someQueues();
    const record = aRecord('r1', '{"detail":"\ud800"}');
    const error = discardWork('malformed_message', 'The queue message holds no event.');

    await consumerQueue(client, { queueUrl, deadLetterUrl }).deadLetter(record, error, 0);

    const [dead] = await receive(deadLetterUrl);
    expect(JSON.parse(dead?.Body ?? '')).toEqual({ detail: '\ud800' });
    expect(dead?.MessageAttributes).toMatchObject({
      reason_code: { StringValue: 'malformed_message' },
      reason: { StringValue: 'The queue message holds no event.' },
      failed_at: { StringValue: '1970-01-01T00:00:00.000Z' },
      record_id: { StringValue: 'r1' },
    });
  });

  it('sends what waits again, and does not count that as a try', async () => {
    const { client, queueUrl, deadLetterUrl, receive } = await someQueues();
    const queue = consumerQueue(client, { queueUrl, deadLetterUrl });
    const tried = aRecord('r1', 'x', { groupId: 'acme' });
    tried.attributes.ApproximateReceiveCount = '3';

    await queue.sendAgain(tried, 0);

    const [copy] = await receive(queueUrl);
    const tries = copy?.MessageAttributes?.['tries_before'];
    const record: SQSRecord = {
      ...aRecord('r2', copy?.Body),
      messageAttributes: { tries_before: { dataType: 'Number', stringValue: tries?.StringValue } },
    } as SQSRecord;
    expect(copy?.Body).toBe('x');
    expect([triesOf(tried), triesOf(record)]).toEqual([3, 3]);
    expect(copy?.MessageAttributes?.['waits_before']?.StringValue).toBe('1');
  });
});
