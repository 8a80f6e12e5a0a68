import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  enqueue,
  enqueueAll,
  type QueueClient,
  textAttribute,
} from '../../../lambdas/shared/queue/enqueue.ts';
import { aQueueClient } from '../../support/aws.ts';
import { realQueues } from '../../support/real-queues.ts';

const manyBodies = Array.from({ length: 25 }, (_, n) => ({ body: { n } }));

interface Batch {
  Entries: { Id: string; MessageBody: string }[];
}

/** SQS that refuses some entries of each call, as `refuses` says. */
function aRefusingQueue(refuses: (call: number, batch: Batch) => object[]) {
  const calls: string[][] = [];
  const pauses: number[] = [];
  const client = {
    async send({ input }: { input: Batch }) {
      calls.push(input.Entries.map(({ MessageBody }) => MessageBody));
      return { Failed: refuses(calls.length, input) };
    },
  } as unknown as QueueClient;
  const put = (...bodies: string[]) =>
    enqueueAll(
      client,
      'q',
      bodies.map((body) => ({ body })),
      { sleep: async (ms) => void pauses.push(ms) },
    );
  return { put, calls, pauses };
}

describe('a message that is put into a queue', () => {
  it('is there as it was', async () => {
    const { client, queueUrl, receive } = await realQueues();
    const body = { text: 'Où est-ce ? 👋🏽 \uffff \ufffe \ud800' };

    await enqueue(client, queueUrl, { body, attributes: { n: 7, why: 'so' } });

    const [held] = await receive();
    expect(JSON.parse(held?.Body ?? '')).toEqual(body);
    expect(held?.MessageAttributes).toMatchObject({
      n: { DataType: 'Number', StringValue: '7' },
      why: { DataType: 'String', StringValue: 'so' },
    });
  });

  it('is in a FIFO queue once for its id, in its group', async () => {
    const { client, queueUrl, receive } = await realQueues({ fifo: true });
    const message = { body: {}, groupId: 'c_1', deduplicationId: 'SM1' };

    await enqueue(client, queueUrl, message);
    await enqueue(client, queueUrl, message);

    const groups = (await receive()).map(({ Attributes }) => Attributes?.MessageGroupId);
    expect(groups).toEqual(['c_1']);
  });

  it.each([
    [0, 0],
    [1.2, 2],
    [1_000_000, 900],
    [-5, 0],
  ])('is delayed as far as SQS can: %d s are %d s', async (delaySeconds, expected) => {
    const { client, sent } = aQueueClient();

    await enqueue(client, 'q', { body: {}, delaySeconds });

    expect(sent).toMatchObject([{ DelaySeconds: expected }]);
  });

  it('has no delay where none is given, for a FIFO queue takes none', async () => {
    const { client, sent } = aQueueClient();

    await enqueue(client, 'q', { body: {} });

    expect(sent).toEqual([{ QueueUrl: 'q', MessageBody: '{}' }]);
  });

  it('is worth another try where SQS is away', async () => {
    const queue = aQueueClient();
    queue.failure = new Error('SQS is away');

    await expect(enqueue(queue.client, 'q', { body: {} })).rejects.toMatchObject({
      code: 'queue',
      next: 'retry',
    });
  });
});

describe('many messages', () => {
  it('are all put into the queue, ten in a call', async () => {
    const { client, sent } = aQueueClient();

    await enqueueAll(client, 'q', manyBodies);

    const entries = sent.map(({ Entries }) => Entries as { MessageBody: string }[]);
    expect(entries.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(entries.flat().map(({ MessageBody }) => JSON.parse(MessageBody))).toEqual(
      manyBodies.map(({ body }) => body),
    );
  });

  it('are sent again where SQS refused them, and only these', async () => {
    const { put, calls, pauses } = aRefusingQueue((call) =>
      call === 1 ? [{ Id: '1', Code: 'InternalError' }] : [],
    );

    await put('a', 'b', 'c');

    expect(calls).toEqual([['a', 'b', 'c'], ['b']]);
    expect(pauses).toEqual([100]);
  });

  it('are said to be refused after three calls', async () => {
    const { put, calls } = aRefusingQueue(() => [{ Id: '0', Code: 'InternalError' }]);

    await expect(put('a', 'b')).rejects.toMatchObject({
      code: 'not_enqueued',
      next: 'retry',
      message: 'SQS refused 1 messages: InternalError.',
    });
    expect(calls).toEqual([['a', 'b'], ['a'], ['a']]);
  });

  it('are not sent again where the message itself is at fault', async () => {
    const { put, calls } = aRefusingQueue(() => [
      { Id: '0', Code: 'InvalidMessageContents', SenderFault: true },
    ]);

    await expect(put('a')).rejects.toMatchObject({ code: 'not_enqueued' });
    expect(calls).toHaveLength(1);
  });
});

describe('an attribute of a message', () => {
  it('is a text that SQS takes, whatever was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat(0xffff).map((n) => String.fromCharCode(n)) }),
        (text) => {
          const { StringValue: value } = textAttribute(`reason${text}`);

          expect(value).toMatch(/^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]{1,1000}$/u);
        },
      ),
    );
  });

  it('ends after a thousand characters, with none of them halved', () => {
    const { StringValue: value } = textAttribute(`${'x'.repeat(999)}😀`);

    expect(value).toBe(`${'x'.repeat(999)}\ufffd`);
  });
});
