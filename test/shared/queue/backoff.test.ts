import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffSeconds } from '../../../lambdas/shared/queue/outcome.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const bounds = fc.record({
  baseSeconds: fc.integer({ min: 1, max: 60 }),
  capSeconds: fc.integer({ min: 60, max: 3_600 }),
});

describe('backoff', () => {
  it('doubles from two seconds to two minutes', () => {
    const longest = [1, 2, 3, 4, 6, 7, 100].map((attempt) => backoffSeconds(attempt, () => 1));

    expect(longest).toEqual([2, 4, 8, 16, 64, 120, 120]);
  });

  it('is whole seconds between half of its ceiling and all of it', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2_000 }), chance, bounds, (attempt, random, limits) => {
        const seconds = backoffSeconds(attempt, () => random, limits);

        const doubled = limits.baseSeconds * 2 ** Math.max(0, attempt - 1);
        const ceiling = Math.min(limits.capSeconds, doubled);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(ceiling / 2);
        expect(seconds).toBeLessThanOrEqual(ceiling);
      }),
    );
  });

  it('never shrinks with a further failure, for the same chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), chance, (attempt, random) => {
        const [now, next] = [attempt, attempt + 1].map((n) => backoffSeconds(n, () => random));

        expect(next).toBeGreaterThanOrEqual(now ?? Number.NaN);
      }),
    );
  });

  it('keeps apart those that failed together', () => {
    const together = [0, 0.25, 0.5, 0.75].map((random) => backoffSeconds(6, () => random));

    expect(new Set(together).size).toBe(4);
  });
});
