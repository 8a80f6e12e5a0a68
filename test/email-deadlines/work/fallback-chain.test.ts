import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerTiers, chooseTier } from '../../../lambdas/email-deadlines/work/fallback-chain.ts';

const times = { full: 3_000, faster: 800, template: 10 };

describe('the fallback chain', () => {
  it.each([
    [10_000, 'full'],
    [3_000, 'full'],
    [2_999, 'faster'],
    [799, 'template'],
    [5, 'template'],
  ])('with %i ms left chooses %s', (leftMs, step) => {
    expect(chooseTier(leftMs, times).tier).toBe(step);
  });

  it('lets the best answer what is late anyway', () => {
    expect(chooseTier(0, times).tier).toBe('full');
  });

  it('leaves the fastest of the tiers behind it enough time to be in time', () => {
    expect(chooseTier(5_000, times)).toEqual({ tier: 'full', timeoutMs: 4_990 });
  });

  it('leaves out the tiers that a company does not have', () => {
    expect(chooseTier(2_000, { full: 3_000, template: 10 }).tier).toBe('template');
    expect(chooseTier(2_000, { full: 3_000 })).toEqual({ tier: 'full', timeoutMs: Infinity });
  });

  it('never chooses a better tier with less time', () => {
    const left = fc.double({ min: 1, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(left, left, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];

        const [lower, upper] = [chooseTier(less, times).tier, chooseTier(more, times).tier];
        expect(answerTiers.indexOf(lower)).toBeGreaterThanOrEqual(answerTiers.indexOf(upper));
      }),
    );
  });
});
