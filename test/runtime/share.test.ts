import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf, waitForShare } from '../../lambdas/runtime/share.ts';

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
  it('is looked at again within three seconds, and later the longer it has waited', () => {
    const latest = (receives: number) => waitForShare(receives, () => 0.999);
    expect([1, 10, 100, 1_000].map(latest)).toEqual([3, 3, 21, 61]);
  });

  it('waits for hours before the queue has counted a thousand receives', () => {
    const hours =
      Array.from({ length: 1_000 }, (_, receives) => waitForShare(receives, () => 0.5)).reduce(
        (sum, seconds) => sum + seconds,
      ) / 3600;
    expect(hours).toBeGreaterThan(6);
  });
});
