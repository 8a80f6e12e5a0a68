import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../../lambdas/tenancy/stores/keys.ts';
import { dateOf, usageCounter } from '../../../lambdas/tenancy/stores/usage-counter.ts';
import { defaultModelLimit, type ModelLimit } from '../../../lambdas/tenancy/tenant.ts';
import { failingTable, startTestTable, type TestTable } from '../../support/table.ts';
import { isWrite, through } from '../../support/through.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const secondly = { calls_per_day: 86_400, burst: 3 };
const today = (tenantId: string) => keys.usage(tenantId, dateOf(table.clock.now()));

/** How many of so many calls, one after the other, are granted. */
async function granted(
  tenantId: string,
  count: number,
  limit: ModelLimit = secondly,
  counter = usageCounter(table),
): Promise<number> {
  let calls = 0;
  for (let n = 0; n < count; n++) {
    if ((await counter.tryAcquireModelCall(tenantId, limit)).acquired) calls += 1;
  }
  return calls;
}

describe('the calls of a model that a company’s leads may make', () => {
  it('are a burst, then as many as the day has, and are counted', async () => {
    expect(await granted('acme', 5)).toBe(3);
    table.clock.pass(2_000);

    expect(await granted('acme', 5)).toBe(2);
    expect(await table.item(today('acme'))).toMatchObject({ lead_model_calls: 5 });
  });

  it('hold across instances, and are each company’s own', async () => {
    const instances = Array.from({ length: 3 }, () => usageCounter(table));

    const counts = await Promise.all(instances.map((one) => granted('one', 3, secondly, one)));

    expect(counts.reduce((sum, count) => sum + count)).toBe(3);
    expect(await granted('another', 3)).toBe(3);
  });

  it('are not used up because another is returned at the same time', async () => {
    const limit = { calls_per_day: 86_400, burst: 3 };
    const other = usageCounter(table);
    await other.tryAcquireModelCall('racing', limit);
    let writes = 0;
    const returnedBetween = through(table, async (command, real) => {
      const second = isWrite(command) && ++writes === 2;
      if (second) await other.returnModelCall('racing', limit);
      return real(command);
    });

    const acquired = await usageCounter(returnedBetween).tryAcquireModelCall('racing', limit);

    expect(acquired).toEqual({ acquired: true });
    expect(await table.item(today('racing'))).toMatchObject({ lead_model_calls: 1 });
  });

  it('are apart from its requests', async () => {
    const counter = usageCounter(table);
    await granted('apart', 4);

    const request = { requests_per_second: 1, burst: 1 };

    expect(await counter.tryAcquireRequest('apart', 'callers', request)).toEqual({
      acquired: true,
    });
    expect(await granted('apart', 1)).toBe(0);
    expect(await table.item(today('apart'))).toMatchObject({ lead_model_calls: 3, requests: 1 });
  });

  it('are as many as before where one is given back', async () => {
    const counter = usageCounter(table);
    await granted('back', 3);

    await counter.returnModelCall('back', secondly);

    expect(await table.item(today('back'))).toMatchObject({ lead_model_calls: 2 });
    expect(await granted('back', 2)).toBe(1);
  });

  it('are not more than that, where there is nothing to give back', async () => {
    const counter = usageCounter(table);

    await counter.returnModelCall('never', secondly);

    expect(await granted('never', 4)).toBe(3);
  });

  it('are more as soon as the operator allows more', async () => {
    const few = { calls_per_day: 2, burst: 2 };
    expect(await granted('raised', 3, few)).toBe(2);

    expect(await granted('raised', 1)).toBe(1);
  });

  it('are none where the operator allows none, and the store is not asked', async () => {
    const counter = usageCounter(failingTable(table));

    expect(await granted('none', 1, { calls_per_day: 0, burst: 0 }, counter)).toBe(0);
  });

  it('are 500 at once by default, and then one each 17 seconds', async () => {
    const { calls_per_day, burst } = defaultModelLimit;
    const perCallMs = 86_400_000 / calls_per_day;
    const afterBurst = table.clock.now() + burst * perCallMs;
    await table.put({ ...today('default'), model_spent_until: afterBurst });

    expect(await granted('default', 1, defaultModelLimit)).toBe(0);
    table.clock.pass(17_280);
    expect(await granted('default', 2, defaultModelLimit)).toBe(1);
    expect(burst).toBe(500);
  });

  it('that cannot be counted are something to try again', async () => {
    const counter = usageCounter(failingTable(table));

    await expect(counter.tryAcquireModelCall('acme', secondly)).rejects.toMatchObject({
      next: 'retry',
      code: 'store',
    });
  });
});
