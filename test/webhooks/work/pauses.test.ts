import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/webhooks/limits.ts';
import { pauseAfter } from '../../../lambdas/webhooks/work/pauses.ts';

const middle = () => 0.5;
const attempts = Array.from({ length: limits.maxAttempts - 1 }, (_, index) => index + 1);
const hour = 3_600;

describe('the pause after a failed delivery', () => {
  it('grows from seconds to hours', () => {
    expect(attempts.map((attempt) => pauseAfter(attempt, middle))).toEqual([
      5,
      300,
      1_800,
      2 * hour,
      5 * hour,
      10 * hour,
      10 * hour,
    ]);
  });

  it('is as long as the receiver asks, but neither shorter than planned nor above ten hours', () => {
    expect(pauseAfter(1, middle, 120)).toBe(120);
    expect(pauseAfter(3, middle, 120)).toBe(1_800);
    expect(pauseAfter(1, middle, 1e9)).toBe(10 * hour);
  });

  it('is never further than a tenth from the plan, and never more than SQS can wait', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: limits.maxAttempts - 1 }),
        chance,
        (attempt, random) => {
          const planned = pauseAfter(attempt, middle);
          const pause = pauseAfter(attempt, () => random);
          expect(pause).toBeGreaterThanOrEqual(Math.floor(planned * 0.9));
          expect(pause).toBeLessThanOrEqual(Math.ceil(planned * 1.1));
          expect(pause).toBeLessThan(12 * hour);
        },
      ),
    );
  });

  it('leaves the message in the queue for less than the queue keeps it, however long each is', () => {
    const longest = attempts.map((attempt) => pauseAfter(attempt, () => 1, 1e9));

    expect(longest.reduce((sum, one) => sum + one)).toBeLessThan(4 * 24 * hour);
  });
});
