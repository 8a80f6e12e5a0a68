import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlinesAtStake, type Pace } from '../../../lambdas/email-deadlines/work/deadlines.ts';
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

/** The first deadline of each email. */
const firstDeadlines = (...given: Parameters<typeof deadlinesAtStake>) =>
  new Map([...deadlinesAtStake(...given)].map(([id, [first = Number.NaN]]) => [id, first]));

describe('the first deadline', () => {
  it('is pushed back by a service time per step where replies are needed for drafting', () => {
    const deadlines = firstDeadlines(chain, { kind: 'content', serviceMs: 500 });

    expect(Object.fromEntries(deadlines)).toEqual({ a: 4_500, b: 5_000, c: 7_000 });
  });

  it('is pushed back by the gap per step where only the sends keep the order', () => {
    const deadlines = firstDeadlines(chain, { kind: 'order', serviceMs: 500, gapMs: 0.1 });

    expect(Object.fromEntries(deadlines)).toEqual({ a: 4_999.9, b: 5_000, c: 7_000 });
  });

  it('is never later than the own one, and leaves the dependents their time', () => {
    fc.assert(
      fc.property(someEmails, somePace, (emails, pace) => {
        const deadlines = firstDeadlines(graphOf(emails), pace);

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

  it('ascend, at most eight of them', () => {
    fc.assert(
      fc.property(someEmails, somePace, (emails, pace) => {
        for (const deadlines of deadlinesAtStake(graphOf(emails), pace).values()) {
          expect(deadlines).toEqual([...deadlines].sort((a, b) => a - b));
          expect(deadlines.length).toBeLessThanOrEqual(8);
        }
      }),
    );
  });
});
