import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf, waitForShare } from '../../../lambdas/shared/limits/share.ts';

describe("a tenant's share of the workers", () => {
  it.each([
    [2, 1, 1],
    [4, 1, 3],
    [10, 1, 8],
    [50, 1, 40],
    [10, 2, 4],
    [50, 3, 14],
    [4, 9, 1],
  ])('of %i, while %i tenants are at work, is %i', (workers, tenants, share) => {
    expect(shareOf(workers, tenants)).toBe(share);
  });

  it('leaves another tenant a worker where there are two, and is never none', () => {
    const counts = fc.integer({ min: 1, max: 1_000 });
    fc.assert(
      fc.property(counts, counts, (workers, tenants) => {
        const share = shareOf(workers, tenants);
        expect(share).toBeGreaterThanOrEqual(1);
        if (workers > 1) expect(share).toBeLessThan(workers);
        expect(share).toBeGreaterThanOrEqual(shareOf(workers, tenants + 1));
      }),
    );
  });
});

describe('a message whose tenant has its share', () => {
  it('is looked at again within a second, and more seldom the longer it waits', () => {
    const [soonest, latest] = [() => 0, () => 0.999];
    const looks = [1, 2, 3, 4, 100, 1_000];
    expect(looks.map((look) => waitForShare(look, latest))).toEqual([1, 2, 4, 4, 10, 60]);
    expect(looks.map((look) => waitForShare(look, soonest))).toEqual([1, 1, 2, 2, 5, 30]);
  });

  it('is looked at thirty times in a minute at most, and waits for hours before a thousand times', () => {
    const pauses = Array.from({ length: 1_000 }, (_, index) => waitForShare(index + 1, () => 0));
    const until = (looks: number) =>
      pauses.slice(0, looks).reduce((sum, seconds) => sum + seconds, 0);

    expect(until(31)).toBeGreaterThanOrEqual(58);
    expect(until(1_000)).toBeGreaterThan(3 * 3600);
  });
});
