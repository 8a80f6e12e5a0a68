import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { discardWork, retryLater } from '../../../lambdas/shared/errors.ts';
import { consume } from '../../../lambdas/shared/queue/consume.ts';
import { done, type Outcome } from '../../../lambdas/shared/queue/outcome.ts';
import { consumerParts, inGroup, staysOf } from '../../support/consumer.ts';

type Message = { id: string };

const schema = z.object({ id: z.string() });
const plans = ['done', 'waits', 'fails', 'fatal', 'useless', 'malformed'] as const;
type Plan = (typeof plans)[number];

const orders = ['parallel', 'fifo-groups', 'whole groups'] as const;
const message = fc.record({
  group: fc.constantFrom('a', 'b', 'c'),
  plan: fc.constantFrom(...plans),
});
const cases = fc.record({
  batch: fc.array(message, { maxLength: 10 }),
  refuses: fc.subarray(['return', 'delete', 'dead letter', 'copy'] as const),
  full: fc.subarray(['a', 'b', 'c']),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

async function outcomeOf(plan: Plan | undefined): Promise<Outcome> {
  await new Promise(setImmediate);
  if (plan === 'fails') throw retryLater('broken', 'It is broken.');
  if (plan === 'fatal') throw new Error('Fatal.');
  if (plan === 'waits') return { kind: 'retry', afterSeconds: 3 };
  return plan === 'useless' ? { kind: 'dead', error: discardWork('useless', 'No use.') } : done;
}

/** What became of a batch; the messages are named by their groups and places, such as `a0`. */
async function run(order: (typeof orders)[number], { batch, refuses, full }: Case) {
  const { parts, queue } = consumerParts({ full });
  for (const one of refuses) queue.refuses.add(one);
  const planOf = new Map(batch.map(({ group, plan }, n) => [`${group}${n}`, plan]));
  const handled: string[] = [];
  const handle = ({ message: { id } }: { message: Message }) => {
    handled.push(id);
    return outcomeOf(planOf.get(id));
  };
  const consumer = consume<Message>(parts, {
    schema,
    idsOf: () => ({}),
    failed: 'It failed.',
    tenantOf: ({ id }) => id.slice(0, 1),
    ...(order === 'whole groups'
      ? {
          order: 'fifo-groups',
          async handleGroup(group) {
            const all: Outcome[] = [];
            for (const one of group) all.push(await handle(one));
            return all;
          },
        }
      : { order, handle, limits: { maxAttempts: 1, outageAttempts: 1 } }),
  });
  const records = [...planOf].map(([id, plan]) =>
    inGroup(id, plan === 'malformed' ? 'nonsense' : { id }),
  );
  const stays = await staysOf(consumer, records);
  const letters = queue.dead.map(({ id }) => id);
  const copies = queue.copies.map(({ body }) => (JSON.parse(body) as Message).id);
  return { fateOf: planOf, handled, stays, letters, copies, deleted: queue.deleted };
}

const holds = (
  order: (typeof orders)[number],
  check: (result: Awaited<ReturnType<typeof run>>) => void,
) =>
  fc.assert(
    fc.asyncProperty(cases, async (given) => check(await run(order, given))),
    { numRuns: 150 },
  );

describe('any batch', () => {
  it.each(orders)(
    'has each message end once: done, in the queue, a copy or a dead letter (%s)',
    async (order) => {
      await holds(order, ({ fateOf: planOf, handled, stays, letters, copies, deleted }) => {
        for (const [id, plan] of planOf) {
          const ends = [...stays, ...letters, ...copies].filter((one) => one === id).length;
          const isDone = handled.includes(id) && plan === 'done';
          expect([id, ends]).toEqual([id, isDone && !stays.includes(id) ? 0 : 1]);
          expect([id, deleted.includes(id) && stays.includes(id)]).toEqual([id, false]);
        }
      });
    },
  );

  it.each(orders.slice(1))('of a FIFO queue keeps the order of each group (%s)', async (order) => {
    await holds(order, ({ fateOf: planOf, handled, stays }) => {
      for (const group of ['a', 'b', 'c']) {
        const ids = [...planOf].flatMap(([id, plan]) =>
          id.startsWith(group) && plan !== 'malformed' ? [id] : [],
        );
        const ours = handled.filter((id) => id.startsWith(group));
        expect(ours).toEqual(ids.slice(0, ours.length));
        // A handler of whole groups says for itself which of them stay.
        if (order === 'whole groups') continue;
        const first = ids.findIndex((id) => stays.includes(id));
        if (first !== -1) expect(stays).toEqual(expect.arrayContaining(ids.slice(first)));
      }
    });
  });
});
