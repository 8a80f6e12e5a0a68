import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf } from '../../../lambdas/shared/limits/fair-share.ts';

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
