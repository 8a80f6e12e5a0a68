import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discardWork } from '../../lambdas/shared/errors.ts';
import { maxVisibilitySeconds } from '../../lambdas/shared/queue/sqs.ts';
import { replyInbox, replyRecords } from '../../lambdas/whatsapp-replies/reply-queue.ts';
import type { Queues } from '../../local/cloud/queues.ts';
import { aQueueClient } from '../support/aws.ts';
import { withLostAnswers } from '../support/lost-answers.ts';
import { aQueueMessage, aRecord } from '../support/sqs-event.ts';
import { queuesHere } from '../support/stores.ts';

let queues: Queues;
let made = 0;

beforeAll(async () => {
  queues = await queuesHere();
});

afterAll(() => queues.close());

const aQueue = async (): Promise<string> => {
  made += 1;
  return (await queues.create(`queue-${made}.fifo`, { FifoQueue: 'true' })).url;
};

const received = async (QueueUrl: string) => {
  const receive = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });
  return (await queues.client.send(receive)).Messages ?? [];
};

const countIn = async (QueueUrl: string): Promise<number> => {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
  const { Attributes } = await queues.client.send(asked);
  return Number(Attributes?.ApproximateNumberOfMessages);
};

describe('the inbox', () => {
  it('holds a message as it was put, in the group of its conversation', async () => {
    const url = await aQueue();
    const message = aQueueMessage({ fields: { Body: 'Où est-ce ? 👋🏽 \uffff' } });

    await replyInbox(queues.client, url).put(message, 'SM1');

    const [held] = await received(url);
    expect(JSON.parse(held?.Body ?? '')).toEqual(message);
    expect(held?.Attributes).toMatchObject({
      MessageGroupId: 'c_1',
      MessageDeduplicationId: 'SM1',
    });
  });

  it('holds a message that is put twice once', async () => {
    const url = await aQueue();
    const inbox = replyInbox(queues.client, url);

    await inbox.put(aQueueMessage(), 'SM1');
    await inbox.put(aQueueMessage(), 'SM1');

    expect(await countIn(url)).toBe(1);
  });

  it('holds a message once though the answer was lost, and the SDK puts it again', async () => {
    const url = await aQueue();
    const { client } = withLostAnswers({ client: queues.client });

    await replyInbox(client, url).put(aQueueMessage(), 'SM1');

    expect(await countIn(url)).toBe(1);
  });
});

describe('a dead-lettered record', () => {
  const error = discardWork('malformed_message', 'The queue message is malformed: no From.');

  it('keeps its body and group, and says why and when', async () => {
    const [queueUrl, deadLetterUrl] = [await aQueue(), await aQueue()];
    const records = replyRecords(queues.client, { queueUrl, deadLetterUrl });

    await records.deadLetter(aRecord('r1', 'not { json'), error, Date.UTC(2026, 10, 21));

    const [dead] = await received(deadLetterUrl);
    expect(dead?.Body).toBe('not { json');
    expect(dead?.Attributes).toMatchObject({ MessageGroupId: 'c_1' });
    expect(dead?.MessageAttributes).toMatchObject({
      reason_code: { StringValue: 'malformed_message' },
      reason: { StringValue: 'The queue message is malformed: no From.' },
      failed_at: { StringValue: '2026-11-21T00:00:00.000Z' },
      record_id: { StringValue: 'r1' },
    });
  });

  it('has a group of its own where the emulator tells none', async () => {
    const { client, sent } = aQueueClient();
    const records = replyRecords(client, { queueUrl: 'q', deadLetterUrl: 'd' });

    await records.deadLetter(aRecord('r1', '{}', { groupId: null }), error, 0);

    expect(sent).toMatchObject([{ QueueUrl: 'd', MessageGroupId: 'r1' }]);
  });

  it('is no duplicate of itself when it fails again after a redrive', async () => {
    const [queueUrl, deadLetterUrl] = [await aQueue(), await aQueue()];
    const records = replyRecords(queues.client, { queueUrl, deadLetterUrl });

    await records.deadLetter(aRecord('r1', '{}'), error, 1_000);
    await records.deadLetter(aRecord('r1', '{}'), error, 2_000);

    expect(await countIn(deadLetterUrl)).toBe(2);
  });
});

describe('records that are given back', () => {
  it('come back after the time that was set', async () => {
    const [queueUrl, deadLetterUrl] = [await aQueue(), await aQueue()];
    await replyInbox(queues.client, queueUrl).put(aQueueMessage(), 'SM1');
    const [held] = await received(queueUrl);
    const record = { ...aRecord('r1', '{}'), receiptHandle: held?.ReceiptHandle ?? '' };
    const records = replyRecords(queues.client, { queueUrl, deadLetterUrl });

    const hidden = await received(queueUrl);
    await records.returnAfter([record], 0);

    expect(hidden).toEqual([]);
    expect(await received(queueUrl)).toHaveLength(1);
  });

  it('come back after whole seconds', async () => {
    const { client, sent } = aQueueClient();
    const records = replyRecords(client, { queueUrl: 'q', deadLetterUrl: 'd' });

    await records.returnAfter([aRecord('r1', '{}')], 2.5);

    expect(sent).toMatchObject([{ Entries: [{ VisibilityTimeout: 3 }] }]);
  });

  it('are named by their receipts, within the bounds of SQS', async () => {
    const { client, sent } = aQueueClient();
    const records = replyRecords(client, { queueUrl: 'q', deadLetterUrl: 'd' });
    const pair = [aRecord('r1', '{}'), aRecord('r2', '{}')];

    await records.returnAfter(pair, 17);
    await records.returnAfter(pair.slice(0, 1), 1_000_000);
    await records.returnAfter(pair.slice(0, 1), -5);

    const entry = (ReceiptHandle: string, VisibilityTimeout: number, Id = '0') => ({
      Id,
      ReceiptHandle,
      VisibilityTimeout,
    });
    expect(sent).toEqual([
      { QueueUrl: 'q', Entries: [entry('receipt-of-r1', 17), entry('receipt-of-r2', 17, '1')] },
      { QueueUrl: 'q', Entries: [entry('receipt-of-r1', maxVisibilitySeconds)] },
      { QueueUrl: 'q', Entries: [entry('receipt-of-r1', 0)] },
    ]);
  });
});

describe('records that are done', () => {
  it('are deleted, so that the next of their group is handed out', async () => {
    const [queueUrl, deadLetterUrl] = [await aQueue(), await aQueue()];
    const inbox = replyInbox(queues.client, queueUrl);
    await inbox.put(aQueueMessage(), 'SM1');
    const [held] = await received(queueUrl);
    await inbox.put(aQueueMessage({ fields: { Body: 'And now?' } }), 'SM2');
    const record = { ...aRecord('r1', '{}'), receiptHandle: held?.ReceiptHandle ?? '' };
    const records = replyRecords(queues.client, { queueUrl, deadLetterUrl });

    const blocked = await received(queueUrl);
    await records.deleteDone([record]);
    const next = await received(queueUrl);
    await records.deleteDone([record]);

    expect(blocked).toEqual([]);
    expect(next.map(({ Body }) => Body)).toEqual([expect.stringContaining('And now?')]);
    expect(await received(queueUrl)).toEqual([]);
  });

  it('are said to remain where SQS refuses', async () => {
    const refusing = { send: async () => ({ Failed: [{ Code: 'ReceiptHandleIsInvalid' }] }) };
    const client = refusing as unknown as Queues['client'];
    const records = replyRecords(client, { queueUrl: 'q', deadLetterUrl: 'd' });

    await expect(records.deleteDone([aRecord('r1', '{}')])).rejects.toMatchObject({
      code: 'not_deleted',
      message: 'SQS refused 1 deletions: ReceiptHandleIsInvalid.',
    });
  });
});
