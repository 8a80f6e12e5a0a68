import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deadlinesAtStake,
  type Pace,
  propagatedDeadlines,
} from '../../../lambdas/email-deadlines/work/deadlines.ts';
import { anEmail, graphOf, someEmails } from '../../support/email-run.ts';

const chain = graphOf([
  anEmail({ email_id: 'a', deadline_at: 9_000 }),
  anEmail({ email_id: 'b', deadline_at: 5_000, dependencies: ['a'] }),
  anEmail({ email_id: 'c', deadline_at: 7_000, dependencies: ['b'] }),
]);
const somePace: fc.Arbitrary<Pace> = fc.record({
  kind: fc.constantFrom('order' as const, 'content' as const),
  serviceMs: fc.integer({ min: 1, max: 2_000 }),
});

describe('a deadline', () => {
  it('is pushed back by a service time per step where replies are needed for drafting', () => {
    const deadlines = propagatedDeadlines(chain, { kind: 'content', serviceMs: 500 });

    expect(Object.fromEntries(deadlines)).toEqual({ a: 4_500, b: 5_000, c: 7_000 });
  });

  it('is pushed back by the gap per step where only the sends keep the order', () => {
    const deadlines = propagatedDeadlines(chain, { kind: 'order', serviceMs: 500, gapMs: 0.1 });

    expect(Object.fromEntries(deadlines)).toEqual({ a: 4_999.9, b: 5_000, c: 7_000 });
  });

  it('is never later than the own one, and leaves the dependents their time', () => {
    fc.assert(
      fc.property(someEmails, somePace, (emails, pace) => {
        const deadlines = propagatedDeadlines(graphOf(emails), pace);

        const step = pace.kind === 'content' ? pace.serviceMs : 0.1;
        for (const { email_id, deadline_at, dependencies } of emails) {
          const own = deadlines.get(email_id) ?? Number.NaN;
          expect(own).toBeLessThanOrEqual(deadline_at);
          for (const one of dependencies)
            expect(deadlines.get(one)).toBeLessThanOrEqual(own - step);
        }
      }),
    );
  });
});

describe('the deadlines at stake', () => {
  it('are those of the email and of all behind it', () => {
    const deadlines = deadlinesAtStake(chain, { kind: 'content', serviceMs: 500 });

    expect(deadlines.get('a')).toEqual([4_500, 6_000, 9_000]);
  });

  it('leave out what does not count', () => {
    const onlyLast = deadlinesAtStake(
      chain,
      { kind: 'content', serviceMs: 500 },
      (id) => id === 'c',
    );

    expect(onlyLast.get('a')).toEqual([6_000]);
  });

  it('ascend from the propagated deadline, at most eight of them', () => {
    fc.assert(
      fc.property(someEmails, somePace, (emails, pace) => {
        const graph = graphOf(emails);
        const propagated = propagatedDeadlines(graph, pace);

        for (const [id, deadlines] of deadlinesAtStake(graph, pace)) {
          expect(deadlines[0]).toBeCloseTo(propagated.get(id) ?? Number.NaN, 6);
          expect(deadlines).toEqual([...deadlines].sort((a, b) => a - b));
          expect(deadlines.length).toBeLessThanOrEqual(8);
        }
      }),
    );
  });
});
