import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../../lambdas/tenancy/stores/keys.ts';
import { usageCounter } from '../../../lambdas/tenancy/stores/usage-counter.ts';
import { countedTable, failingTable, startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;

beforeEach(async () => {
  table = await startTestTable();
});

afterEach(() => table.close());

const limit = { requests_per_second: 2, burst: 5 };
const usageOf = (tenantId: string) =>
  table.item(keys.usage(tenantId, new Date(table.clock.now()).toISOString().slice(0, 10)));

/** How many of so many requests at once are admitted. */
async function acquiredOf(count: number, tenantId = 'acme', counter = usageCounter(table)) {
  const results = await Promise.all(
    Array.from({ length: count }, () => counter.tryAcquireRequest(tenantId, 'callers', limit)),
  );
  return results.filter((result) => result.acquired).length;
}

describe('the rate limit of a tenant', () => {
  it('lets a burst through, and no more', async () => {
    expect(await acquiredOf(12)).toBe(5);
  });

  it('holds across instances', async () => {
    const instances = Array.from({ length: 4 }, () => usageCounter(table));

    const counts = await Promise.all(instances.map((one) => acquiredOf(4, 'acme', one)));

    expect(counts.reduce((sum, count) => sum + count)).toBe(5);
  });

  it('says after how many seconds the next one will be let through', async () => {
    const counter = usageCounter(table);
    await acquiredOf(5);

    expect(await counter.tryAcquireRequest('acme', 'callers', limit)).toEqual({
      acquired: false,
      retryAfterSeconds: 1,
    });
    table.clock.pass(500);
    expect(await counter.tryAcquireRequest('acme', 'callers', limit)).toEqual({ acquired: true });
    expect(await counter.tryAcquireRequest('acme', 'callers', limit)).toMatchObject({
      acquired: false,
    });
  });

  it('names a wait that is long enough, also where it is long', async () => {
    const slow = { requests_per_second: 0.1, burst: 1 };
    const counter = usageCounter(table);
    await counter.tryAcquireRequest('acme', 'callers', slow);
    table.clock.pass(1_000);

    const refused = await counter.tryAcquireRequest('acme', 'callers', slow);

    expect(refused).toEqual({ acquired: false, retryAfterSeconds: 9 });
    table.clock.pass(9_000);
    expect(await counter.tryAcquireRequest('acme', 'callers', slow)).toEqual({ acquired: true });
  });

  it('is full again after a rest, and never fuller than its burst', async () => {
    await acquiredOf(5);
    table.clock.pass(3_600_000);

    expect(await acquiredOf(12)).toBe(5);
  });

  it('holds at once when it is raised, whatever was spent before', async () => {
    const counter = usageCounter(table);
    const low = { requests_per_second: 0.01, burst: 5 };
    for (let n = 0; n < 5; n++) await counter.tryAcquireRequest('acme', 'callers', low);
    expect(await counter.tryAcquireRequest('acme', 'callers', low)).toMatchObject({
      acquired: false,
    });

    const raised = await counter.tryAcquireRequest('acme', 'callers', limit);

    expect(raised).toEqual({ acquired: true });
    table.clock.pass(500);
    expect(await counter.tryAcquireRequest('acme', 'callers', limit)).toEqual({ acquired: true });
    expect(await counter.tryAcquireRequest('acme', 'callers', limit)).toMatchObject({
      acquired: false,
    });
  });

  it('is each tenant’s own, and its visitors’ another', async () => {
    await acquiredOf(5);
    const counter = usageCounter(table);

    expect(await acquiredOf(5, 'globex')).toBe(5);
    expect(await counter.tryAcquireRequest('acme', 'visitors', limit)).toEqual({ acquired: true });
  });

  it('never admits more than burst and rate allow, whatever the times between', async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 25 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(gaps, async (gapsMs) => {
        const tenantId = `t${run++}`;
        const counter = usageCounter(table);
        const start = table.clock.now();
        let passed = 0;
        for (const gap of gapsMs) {
          table.clock.pass(gap);
          if ((await counter.tryAcquireRequest(tenantId, 'callers', limit)).acquired) passed += 1;
        }
        const elapsed = (table.clock.now() - start) / 1000;
        expect(passed).toBeLessThanOrEqual(
          limit.burst + elapsed * limit.requests_per_second + 1e-6,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('costs one write for each request, also when requests come thick and fast', async () => {
    const counted = countedTable(table);
    const counter = usageCounter(counted);
    const quick = { requests_per_second: 100, burst: 100 };

    for (let n = 0; n < 10; n++) {
      await counter.tryAcquireRequest('acme', 'callers', quick);
      table.clock.pass(1);
    }

    expect(counted.calls).toEqual(Array.from({ length: 10 }, () => 'UpdateCommand'));
  });

  it('fails as something to try again when the table is away', async () => {
    const counter = usageCounter(failingTable(table));

    await expect(counter.tryAcquireRequest('acme', 'callers', limit)).rejects.toMatchObject({
      next: 'retry',
    });
  });
});

describe('the usage of a tenant', () => {
  it('counts the requests that were let through, and the replies, by day', async () => {
    const counter = usageCounter(table);
    await acquiredOf(7);
    await Promise.all([counter.count('acme', 'replies'), counter.count('acme', 'replies')]);

    expect(await usageOf('acme')).toMatchObject({ requests: 5, replies: 2 });
    table.clock.pass(86_400_000);
    await counter.count('acme', 'replies');

    expect(await usageOf('acme')).toMatchObject({ replies: 1 });
  });

  it('is kept for more than a year, and not for ever', async () => {
    await usageCounter(table).count('acme', 'replies');

    const { expires_at } = (await usageOf('acme')) ?? {};
    const days = (Number(expires_at) - table.clock.now() / 1000) / 86_400;
    expect(days).toBeGreaterThan(366);
    expect(days).toBeLessThan(500);
  });
});
