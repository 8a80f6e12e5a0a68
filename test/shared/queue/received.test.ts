import { describe, expect, it } from 'vitest';
import { enqueue } from '../../../lambdas/shared/queue/enqueue.ts';
import { receivedMessages, triesOf, waitsOf } from '../../../lambdas/shared/queue/received.ts';
import { maxVisibilitySeconds, type QueueClient } from '../../../lambdas/shared/queue/sqs.ts';
import { aQueueClient } from '../../support/aws.ts';
import { realQueues, recordOf } from '../../support/real-queues.ts';
import { aRecord } from '../../support/sqs-event.ts';

describe('messages that are given back', () => {
  it('come back after the time that was set, and it is counted how often', async () => {
    const { client, queueUrl, receive } = await realQueues();
    await enqueue(client, queueUrl, { body: 'x' });
    const record = recordOf((await receive())[0]);

    expect(await receive()).toEqual([]);
    await receivedMessages(client, queueUrl).returnAfter([record], 1);

    expect(triesOf(recordOf((await receive(queueUrl, 5))[0]))).toBe(2);
  });

  it('are named by their receipts, for whole seconds, within the bounds of SQS', async () => {
    const { client, sent } = aQueueClient();
    const { returnAfter } = receivedMessages(client, 'q');
    const [one, two] = [aRecord('r1', '{}'), aRecord('r2', '{}')];

    await returnAfter([one, two], 2.5);
    await returnAfter([one], 1_000_000);
    await returnAfter([one], -5);

    const entry = (id: string, VisibilityTimeout: number, Id = '0') => ({
      Id,
      ReceiptHandle: `receipt-of-${id}`,
      VisibilityTimeout,
    });
    expect(sent).toEqual([
      { QueueUrl: 'q', Entries: [entry('r1', 3), entry('r2', 3, '1')] },
      { QueueUrl: 'q', Entries: [entry('r1', maxVisibilitySeconds)] },
      { QueueUrl: 'q', Entries: [entry('r1', 0)] },
    ]);
  });
});

describe('messages that are done', () => {
  it('are deleted, so that the next of their group is handed out', async () => {
    const { client, queueUrl, receive } = await realQueues({ fifo: true });
    const put = (n: number) =>
      enqueue(client, queueUrl, { body: `${n}`, groupId: 'c_1', deduplicationId: `SM${n}` });
    await put(1);
    const record = recordOf((await receive())[0]);
    await put(2);

    const blocked = await receive();
    await receivedMessages(client, queueUrl).delete([record]);
    const next = await receive();
    await receivedMessages(client, queueUrl).delete([record]);

    expect([blocked, next.map(({ Body }) => Body), await receive()]).toEqual([[], ['2'], []]);
  });
});

describe('what SQS refuses of a batch', () => {
  const refusing = {
    send: async () => ({ Failed: [{ Code: 'ReceiptHandleIsInvalid' }] }),
  } as unknown as QueueClient;
  const received = receivedMessages(refusing, 'q');

  it('is said, with the reason', async () => {
    await expect(received.delete([aRecord('r1', '{}')])).rejects.toMatchObject({
      code: 'not_deleted',
      message: 'SQS refused 1 deletions: ReceiptHandleIsInvalid.',
    });
    await expect(received.returnAfter([aRecord('r1', '{}')], 1)).rejects.toMatchObject({
      code: 'visibility_not_set',
    });
  });
});

describe('a message that waits behind the others', () => {
  it('is a copy that has its tries, but not this one', async () => {
    const { client, queueUrl, receive } = await realQueues();
    const { sendAgain, returnAfter } = receivedMessages(client, queueUrl);
    await enqueue(client, queueUrl, { body: '{"n":1}' });
    await returnAfter([recordOf((await receive())[0])], 0);
    const second = recordOf((await receive())[0]);

    await sendAgain(second, 0);
    const copy = recordOf((await receive())[0]);
    await sendAgain(copy, 0);
    const copyOfCopy = recordOf((await receive())[0]);

    expect(copy.body).toBe('{"n":1}');
    expect([second, copy, copyOfCopy].map(triesOf)).toEqual([2, 2, 2]);
    expect([second, copy, copyOfCopy].map(waitsOf)).toEqual([0, 1, 2]);
  });

  it('is in its tenant’s group as before', async () => {
    const { client, sent } = aQueueClient();

    await receivedMessages(client, 'q').sendAgain(aRecord('r1', '{}', { groupId: 'acme' }), 1);

    expect(sent).toMatchObject([{ MessageGroupId: 'acme', DelaySeconds: 1 }]);
  });
});
