import { describe, expect, it } from 'vitest';
import { isoTime, systemClock } from '../../lambdas/shared/clock.ts';

describe('clock of the system', () => {
  it("is the machine's own", () => {
    const before = Date.now();

    const now = systemClock.now();

    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('sleeps at least as long as it was asked to', async () => {
    const before = performance.now();

    await systemClock.sleep(5);

    expect(performance.now() - before).toBeGreaterThanOrEqual(4);
  });
});

describe('time as text', () => {
  it('is ISO 8601 in UTC, so that it sorts as it passes', () => {
    expect(isoTime(Date.UTC(2026, 10, 2, 9, 0, 0, 7))).toBe('2026-11-02T09:00:00.007Z');
  });
});
