import { describe, expect, it } from 'vitest';
import { enqueue, type QueueClient } from '../../../lambdas/shared/queue/enqueue.ts';
import {
  maxVisibilitySeconds,
  receivedMessages,
  sentAt,
  triesOf,
  waitForShare,
  waitsOf,
} from '../../../lambdas/shared/queue/settle.ts';
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

describe('when a record was sent', () => {
  it('is what SQS says', () => {
    expect(sentAt(aRecord('r1', '{}'), 7)).toBe(Date.UTC(2026, 10, 21, 10));
  });

  it('is now where an emulator does not say', () => {
    const record = aRecord('r1', '{}');
    const silent = { ...record, attributes: { ...record.attributes, SentTimestamp: '' } };

    expect(sentAt(silent, 7)).toBe(7);
  });
});

describe('the longest rest of a message that was received', () => {
  it('ends within twelve hours of the receive, though the longest invocation had it before', () => {
    const allowedSeconds = 12 * 3_600;
    const longestInvocationSeconds = 15 * 60;

    expect(longestInvocationSeconds + maxVisibilitySeconds).toBeLessThan(allowedSeconds);
  });
});

describe('a message whose tenant has its share', () => {
  it('is looked at again within a second, and more rarely the longer it waits', () => {
    const [soonest, latest] = [() => 0, () => 0.999];
    const looks = [1, 2, 3, 4, 100, 1_000];
    expect(looks.map((look) => waitForShare(look, latest))).toEqual([1, 2, 4, 4, 10, 60]);
    expect(looks.map((look) => waitForShare(look, soonest))).toEqual([1, 1, 2, 2, 5, 30]);
  });

  it('is looked at thirty times in a minute at most, and waits for hours before a thousand times', () => {
    const pauses = Array.from({ length: 1_000 }, (_, index) => waitForShare(index + 1, () => 0));
    const until = (looks: number) =>
      pauses.slice(0, looks).reduce((sum, seconds) => sum + seconds, 0);

    expect(until(31)).toBeGreaterThanOrEqual(58);
    expect(until(1_000)).toBeGreaterThan(3 * 3600);
  });
});
