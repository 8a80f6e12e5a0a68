import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FeasibleEdf,
  type QueuedEmail,
} from '../../../lambdas/email-deadlines/work/feasible-edf.ts';

const queueOf = (...emails: QueuedEmail[]) => {
  const queue = new FeasibleEdf();
  for (const email of emails) queue.push(email);
  return queue;
};
const taking = (ms: number) => ({ p75Ms: ms, p25Ms: ms });
const due = (email_id: string, ...deadlines: number[]): QueuedEmail => ({
  email_id,
  deadlines,
  bestEffortDeadlines: [],
});
const times = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 4 });
const someReady = fc
  .array(fc.record({ deadlines: times, bestEffortDeadlines: times }), { maxLength: 30 })
  .map((all) =>
    all.map(({ deadlines, bestEffortDeadlines }, index) => ({
      email_id: `e${index}`,
      deadlines: deadlines.toSorted((a, b) => a - b),
      bestEffortDeadlines: bestEffortDeadlines.toSorted((a, b) => a - b),
    })),
  );

describe('the queue of ready emails', () => {
  it('gives the earliest deadline first', () => {
    const queue = queueOf(due('later', 9_000), due('earlier', 5_000));

    expect(queue.take(0, taking(500))?.email_id).toBe('earlier');
  });

  it('puts what can no longer be met behind all that can', () => {
    const queue = queueOf(due('lost', 400), due('late', 9_000));

    expect([queue.take(0, taking(500))?.email_id, queue.take(0, taking(500))?.email_id]).toEqual([
      'late',
      'lost',
    ]);
  });

  it('notices that an email became hopeless while it waited', () => {
    const queue = queueOf(due('a', 1_000), due('b', 3_000), due('c', 1_100));

    expect(queue.take(0, taking(500))?.email_id).toBe('a');
    expect(queue.take(800, taking(500))?.email_id).toBe('b');
  });

  it('continues to the next deadline at stake when the first has passed', () => {
    const queue = queueOf(due('parent', 300, 2_000), due('other', 1_500));

    expect(queue.take(0, taking(500))?.email_id).toBe('other');
    expect(queue.take(1_000, taking(500))?.email_id).toBe('parent');
  });

  it('gives planned deadlines before those that the plan gave up', () => {
    const queue = queueOf(
      { email_id: 'other', deadlines: [], bestEffortDeadlines: [900] },
      due('planned', 5_000),
    );

    expect([queue.take(0, taking(500))?.email_id, queue.take(0, taking(500))?.email_id]).toEqual([
      'planned',
      'other',
    ]);
  });

  it('takes up again what can be met after all, because emails turn out quicker', () => {
    const queue = queueOf(due('quick', 3_000), due('first', 9_000), due('second', 9_500));

    expect(queue.take(0, taking(4_000))?.email_id).toBe('first');
    expect(queue.take(100, taking(500))?.email_id).toBe('quick');
  });

  it('tries what may just be met where the next can wait, and only there', () => {
    const expected = { p75Ms: 500, p25Ms: 400 };

    const patient = queueOf(due('risky', 450), due('patient', 900));
    const urgent = queueOf(due('risky', 450), due('urgent', 899));
    expect(patient.take(0, expected)?.email_id).toBe('risky');
    expect(urgent.take(0, expected)?.email_id).toBe('urgent');
  });

  it('orders equals by id, in whatever order they came', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 }), (ids) => {
        const queue = queueOf(...ids.map((id) => due(id, 1_000)));

        expect(ids.map(() => queue.take(0, taking(100))?.email_id)).toEqual(['a', 'b', 'c', 'd']);
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
          const queue = queueOf(...emails);
          const waiting = new Set<QueuedEmail>(emails);
          let nowMs = 0;
          for (let nth = 0; nth < emails.length; nth += 1) {
            nowMs += steps[nth] ?? 3;
            const taken = queue.take(nowMs, taking(took));

            expect(taken).toEqual(mostUrgent([...waiting], nowMs + took));
            if (taken) waiting.delete(taken);
          }
          expect(queue.take(nowMs, taking(took))).toBeUndefined();
          expect(queue.size).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The same by sorting: tier, then deadline, then id. */
function mostUrgent(emails: readonly QueuedEmail[], soonest: number): QueuedEmail | undefined {
  const ranks = emails.map((email) => ({ email, rank: rankOf(email, soonest) }));
  ranks.sort(
    (a, b) =>
      a.rank[0] - b.rank[0] ||
      a.rank[1] - b.rank[1] ||
      (a.email.email_id < b.email.email_id ? -1 : 1),
  );
  return ranks[0]?.email;
}

function rankOf(
  { deadlines, bestEffortDeadlines }: QueuedEmail,
  soonest: number,
): [number, number] {
  const kept = deadlines.find((one) => one >= soonest);
  if (kept !== undefined) return [0, kept];
  const other = bestEffortDeadlines.find((one) => one >= soonest);
  if (other !== undefined) return [1, other];
  const last = [...deadlines, ...bestEffortDeadlines].reduce((a, b) => Math.max(a, b), -Infinity);
  return [2, last === -Infinity ? Infinity : -last];
}
