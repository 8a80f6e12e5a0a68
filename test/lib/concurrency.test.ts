import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concurrencyOf, type WorkerConcurrency, workers } from '../../lib/concurrency.ts';
import { stages } from '../../lib/stages.ts';

const sumOf = (given: WorkerConcurrency) => workers.reduce((sum, worker) => sum + given[worker], 0);

describe("an account's concurrency", () => {
  it.each([
    [
      'dev',
      10,
      { replies: 2, emailRuns: 2, emails: 2, triage: 2, webhooks: 2, turns: 2 },
      undefined,
    ],
    ['dev', 1_000, stages.dev.concurrency, 100],
    [
      'prod',
      100,
      { replies: 20, emailRuns: 2, emails: 20, triage: 8, webhooks: 20, turns: 8 },
      undefined,
    ],
    ['prod', 1_000, stages.prod.concurrency, 100],
  ] as const)('is divided for %s where it is %i', (stage, account, given, reserved) => {
    expect(concurrencyOf(stages[stage].concurrency, account)).toEqual({
      workers: given,
      reservedForReceive: reserved,
    });
  });

  it('is not divided where nobody says what it is', () => {
    expect(concurrencyOf(stages.prod.concurrency, undefined)).toEqual({
      workers: stages.prod.concurrency,
      reservedForReceive: undefined,
    });
  });

  it('is never used up by the workers of an account that has more than the least for each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 5_000 }), (account) => {
        for (const { concurrency } of Object.values(stages)) {
          const { workers: given, reservedForReceive = 0 } = concurrencyOf(concurrency, account);
          expect(sumOf(given)).toBeLessThan(account);
          // AWS refuses a reservation that leaves fewer than a hundred unreserved.
          if (reservedForReceive) expect(account - reservedForReceive).toBeGreaterThanOrEqual(100);
        }
      }),
    );
  });
});
