import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { discardWork, retryLater } from '../../../lambdas/shared/errors.ts';
import { consume } from '../../../lambdas/shared/queue/consume.ts';
import type { ConsumeOptions } from '../../../lambdas/shared/queue/consumer.ts';
import { done, type Outcome } from '../../../lambdas/shared/queue/outcome.ts';
import { consumerParts, inGroup, receivedFor, staysOf } from '../../support/consumer.ts';
import { aRecord } from '../../support/sqs-event.ts';

const useless = discardWork('useless', 'No use.');
const broken = retryLater('broken', 'It is broken.');
const later = (afterSeconds: number): Outcome => ({ kind: 'retry', afterSeconds });
const dead: Outcome = { kind: 'dead', error: useless };

type Message = { id: string };
type Options = ConsumeOptions<Message>;
type Handling =
  | Pick<Extract<Options, { handle: unknown }>, 'handle'>
  | Pick<Extract<Options, { handleGroup: unknown }>, 'handleGroup'>;

/** A consumer of a FIFO queue whose messages are their records' ids: `a1` is of the group `a`. */
function aConsumer(handling: Handling, full: string[] = []) {
  const { parts, ...seen } = consumerParts({ full });
  const consumer = consume<Message>(parts, {
    schema: z.object({ id: z.string() }),
    order: 'fifo-groups',
    limits: { maxAttempts: 5, outageAttempts: 15 },
    idsOf: ({ id }) => ({ name: id }),
    failed: 'A group could not be handled.',
    tenantOf: ({ id }) => id.slice(0, 1),
    ...handling,
  });
  const records = (...ids: string[]) => ids.map((id) => inGroup(id, { id }));
  return {
    ...seen,
    takes: (...ids: string[]) => staysOf(consumer, records(...ids)),
    takesRecords: (...given: SQSRecord[]) => staysOf(consumer, given),
  };
}

const outcomes = (of: Record<string, Outcome>) => (id: string) => of[id] ?? done;

/** Handles each message by its outcome; `handled` are those that were handed over. */
function oneByOne(of: Record<string, Outcome> = {}, full: string[] = []) {
  const handled: string[] = [];
  const consumer = aConsumer(
    {
      async handle({ message }) {
        handled.push(message.id);
        return outcomes(of)(message.id);
      },
    },
    full,
  );
  return { ...consumer, handled };
}

/** Handles each group by the outcomes of its messages. */
function groupwise(of: Record<string, Outcome> = {}, full: string[] = []) {
  const handled: string[][] = [];
  const consumer = aConsumer(
    {
      async handleGroup(group) {
        const ids = group.map(({ message }) => message.id);
        handled.push(ids);
        return ids.map(outcomes(of));
      },
    },
    full,
  );
  return { ...consumer, handled };
}

describe('the messages of a group', () => {
  it('are handled one after the other, in their order', async () => {
    const { takes, handled } = oneByOne();

    expect(await takes('a1', 'a2', 'a3')).toEqual([]);

    expect(handled).toEqual(['a1', 'a2', 'a3']);
  });

  it('wait behind an earlier one that comes back, and come back with it', async () => {
    const { takes, handled, queue } = oneByOne({ a2: later(42) });

    expect(await takes('a1', 'b1', 'a2', 'a3')).toEqual(['a2', 'a3']);

    expect(handled.toSorted()).toEqual(['a1', 'a2', 'b1']);
    expect(queue.returned).toEqual([{ ids: ['a2', 'a3'], seconds: 42 }]);
  });

  it('continue after one that is dead', async () => {
    const { takes, handled, queue } = oneByOne({ a1: dead });

    expect(await takes('a1', 'a2')).toEqual([]);

    expect(handled).toEqual(['a1', 'a2']);
    expect(queue.dead).toMatchObject([{ id: 'a1', code: 'useless' }]);
  });

  it('wait behind one that the dead letters do not take', async () => {
    const { takes, handled, queue } = oneByOne({ a1: dead });
    queue.refuses.add('dead letter');

    expect(await takes('a1', 'a2')).toEqual(['a1', 'a2']);

    expect(handled).toEqual(['a1']);
  });
});

describe('a group that is handled as a whole', () => {
  it('is handed over in its order, each beside the others', async () => {
    const { takes, handled } = groupwise();

    expect(await takes('a1', 'b1', 'a2')).toEqual([]);

    expect(handled).toEqual([['a1', 'a2'], ['b1']]);
  });

  it('has an outcome for each of its messages', async () => {
    const { takes, queue } = groupwise({ a1: dead, a3: later(7), a4: later(9) });

    expect(await takes('a1', 'a2', 'a3', 'a4')).toEqual(['a3', 'a4']);

    expect(queue.dead).toMatchObject([{ id: 'a1' }]);
    expect(queue.returned).toEqual([{ ids: ['a3', 'a4'], seconds: 7 }]);
  });

  it('keeps a message of which nothing is said', async () => {
    const { takes } = aConsumer({ handleGroup: async () => [done] });

    expect(await takes('a1', 'a2')).toEqual(['a2']);
  });

  it('comes back soon where it cannot be handled, however often it was received', async () => {
    const { takesRecords, queue, log } = aConsumer({ handleGroup: () => Promise.reject(broken) });

    expect(await takesRecords(receivedFor(999, inGroup('a1', { id: 'a1' })))).toEqual(['a1']);

    expect(queue.returned).toEqual([{ ids: ['a1'], seconds: 10 }]);
    expect(log.at('error')).toMatchObject([
      { message: 'A group could not be handled.', details: { name: 'a1', error_code: 'broken' } },
    ]);
  });

  it('may wait until all others are done', async () => {
    const ended: string[] = [];
    const { takes } = aConsumer({
      async handleGroup(group, { lastAndAlone }) {
        const name = group[0]?.message.id ?? '';
        if (name === 'a1') await lastAndAlone(1);
        await new Promise(setImmediate);
        ended.push(name);
        return group.map(() => done);
      },
    });

    await takes('a1', 'b1', 'c1');

    expect(ended).toEqual(['b1', 'c1', 'a1']);
  });
});

describe('a batch of several groups', () => {
  it('deletes of each what is done as soon as it is, and nothing that stays', async () => {
    const { promise: slowMayEnd, resolve: end } = Promise.withResolvers<void>();
    const consumer = aConsumer({
      async handle({ message: { id } }) {
        if (id === 's1') await slowMayEnd;
        return id === 'a2' ? later(1) : id === 'b1' ? dead : done;
      },
    });

    const stays = consumer.takes('s1', 'a1', 'a2', 'b1');
    await expect.poll(() => consumer.queue.deleted.toSorted()).toEqual(['a1', 'b1']);
    end();

    expect(await stays).toEqual(['a2']);
    expect(consumer.queue.deleted).toContain('s1');
  });

  it('is done as ever where nothing can be deleted early', async () => {
    const { takes, queue, log } = oneByOne();
    queue.refuses.add('delete');

    expect(await takes('a1', 'b1')).toEqual([]);

    expect(log.at('warn')[0]?.message).toBe(
      'Done messages could not be deleted; the end of the batch deletes them.',
    );
  });
});

describe('a batch of one group', () => {
  it('leaves the deleting to its end', async () => {
    const { takes, queue } = oneByOne();

    await takes('a1', 'a2');

    expect(queue.deleted).toEqual([]);
  });
});

describe('a tenant of a FIFO queue that has its share of the workers', () => {
  it('waits in its place, whole groups in order, while another is handled', async () => {
    const { takes, handled, queue, counts } = groupwise({}, ['a']);

    expect(await takes('a1', 'a2', 'b1')).toEqual(['a1', 'a2']);

    expect(handled).toEqual([['b1']]);
    expect(queue.returned).toEqual([{ ids: ['a1', 'a2'], seconds: 1 }]);
    expect(counts).toEqual({ WaitedForShare: 2 });
  });
});

describe('a malformed message of a group', () => {
  it('goes to the dead letters, and the others of its group are handled', async () => {
    const { takesRecords, handled, queue } = groupwise();

    const stays = await takesRecords(inGroup('a1', 'nonsense'), inGroup('a2', { id: 'a2' }));

    expect([stays, handled]).toEqual([[], [['a2']]]);
    expect(queue.dead).toMatchObject([{ id: 'a1', code: 'malformed_message' }]);
  });
});

describe('a message of a FIFO queue that tells no group', () => {
  it('is a group of its own', async () => {
    const { takesRecords, handled } = groupwise();
    const [one, two] = ['a1', 'a2'].map((id) => aRecord(id, { id }, { groupId: null }));

    await takesRecords(one as SQSRecord, two as SQSRecord);

    expect(handled).toEqual([['a1'], ['a2']]);
  });
});
