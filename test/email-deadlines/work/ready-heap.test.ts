import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReadyEmail, ReadyHeap } from '../../../lambdas/email-deadlines/work/ready-heap.ts';

const heapOf = (...emails: ReadyEmail[]) => {
  const heap = new ReadyHeap();
  for (const email of emails) heap.push(email);
  return heap;
};
const taking = (ms: number) => ({ safeMs: ms, luckyMs: ms });
const due = (email_id: string, ...deadlines: number[]): ReadyEmail => ({ email_id, deadlines });
const times = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 4 });
const someReady = fc
  .array(fc.record({ deadlines: times, spare: times }), { maxLength: 30 })
  .map((all) =>
    all.map(({ deadlines, spare }, index) => ({
      email_id: `e${index}`,
      deadlines: deadlines.toSorted((a, b) => a - b),
      spare: spare.toSorted((a, b) => a - b),
    })),
  );

describe('the heap of ready emails', () => {
  it('gives the earliest deadline first', () => {
    const heap = heapOf(due('later', 9_000), due('earlier', 5_000));

    expect(heap.take(0, taking(500))?.email_id).toBe('earlier');
  });

  it('puts what can no longer be met behind all that can', () => {
    const heap = heapOf(due('lost', 400), due('late', 9_000));

    expect([heap.take(0, taking(500))?.email_id, heap.take(0, taking(500))?.email_id]).toEqual([
      'late',
      'lost',
    ]);
  });

  it('notices that an email became hopeless while it waited', () => {
    const heap = heapOf(due('a', 1_000), due('b', 3_000), due('c', 1_100));

    expect(heap.take(0, taking(500))?.email_id).toBe('a');
    expect(heap.take(800, taking(500))?.email_id).toBe('b');
  });

  it('goes on to the next deadline at stake when the first has passed', () => {
    const heap = heapOf(due('parent', 300, 2_000), due('other', 1_500));

    expect(heap.take(0, taking(500))?.email_id).toBe('other');
    expect(heap.take(1_000, taking(500))?.email_id).toBe('parent');
  });

  it('keeps what it can afford before what was given up', () => {
    const heap = heapOf({ email_id: 'spare', deadlines: [], spare: [900] }, due('kept', 5_000));

    expect([heap.take(0, taking(500))?.email_id, heap.take(0, taking(500))?.email_id]).toEqual([
      'kept',
      'spare',
    ]);
  });

  it('takes up again what can be met after all, because emails turn out quicker', () => {
    const heap = heapOf(due('quick', 3_000), due('first', 9_000), due('second', 9_500));

    expect(heap.take(0, taking(4_000))?.email_id).toBe('first');
    expect(heap.take(100, taking(500))?.email_id).toBe('quick');
  });

  it('tries what may just be met where the next can wait, and only there', () => {
    const expected = { safeMs: 500, luckyMs: 400 };

    const patient = heapOf(due('risky', 450), due('patient', 900));
    const urgent = heapOf(due('risky', 450), due('urgent', 899));
    expect(patient.take(0, expected)?.email_id).toBe('risky');
    expect(urgent.take(0, expected)?.email_id).toBe('urgent');
  });

  it('orders equals by id, in whatever order they came', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 }), (ids) => {
        const heap = heapOf(...ids.map((id) => due(id, 1_000)));

        expect(ids.map(() => heap.take(0, taking(100))?.email_id)).toEqual(['a', 'b', 'c', 'd']);
      }),
    );
  });

  it('gives at every moment what a look at all of them would, each once', () => {
    fc.assert(
      fc.property(
        someReady,
        fc.array(fc.nat({ max: 5 })),
        fc.nat({ max: 20 }),
        (emails, steps, took) => {
          const heap = heapOf(...emails);
          const waiting = new Set<ReadyEmail>(emails);
          let nowMs = 0;
          for (let nth = 0; nth < emails.length; nth += 1) {
            nowMs += steps[nth] ?? 3;
            const taken = heap.take(nowMs, taking(took));

            expect(taken).toEqual(neediest([...waiting], nowMs + took));
            if (taken) waiting.delete(taken);
          }
          expect(heap.take(nowMs, taking(took))).toBeUndefined();
          expect(heap.size).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The same by sorting: tier, then deadline, then id. */
function neediest(emails: readonly ReadyEmail[], soonest: number): ReadyEmail | undefined {
  const ranks = emails.map((email) => ({ email, rank: rankOf(email, soonest) }));
  ranks.sort(
    (a, b) =>
      a.rank[0] - b.rank[0] ||
      a.rank[1] - b.rank[1] ||
      (a.email.email_id < b.email.email_id ? -1 : 1),
  );
  return ranks[0]?.email;
}

function rankOf({ deadlines, spare = [] }: ReadyEmail, soonest: number): [number, number] {
  const kept = deadlines.find((one) => one >= soonest);
  if (kept !== undefined) return [0, kept];
  const other = spare.find((one) => one >= soonest);
  if (other !== undefined) return [1, other];
  const last = [...deadlines, ...spare].reduce((a, b) => Math.max(a, b), -Infinity);
  return [2, last === -Infinity ? Infinity : -last];
}
