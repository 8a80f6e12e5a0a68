import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FairShare, fairShare } from '../../../lambdas/shared/limits/fair-share.ts';
import { recordedLog } from '../../support/log.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { failingTable, startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
let pools = 0;

beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

/** A pool of its own; each call of `instance` is another instance of the function. */
function aPool(concurrency: number, through: TestTable = table) {
  pools += 1;
  const pool = { name: `pool-${pools}`, concurrency };
  const log = recordedLog();
  return {
    log,
    /** Another company had work here, so that there is something to share. */
    async isShared() {
      const [place] = await enter(this, ['another'], 1);
      await place?.leave();
    },
    instance: (): FairShare => fairShare(through, pool, log),
    workers: async () =>
      Object.keys((await table.item({ pk: 'WORKERS', sk: pool.name })) ?? {}).filter((name) =>
        name.startsWith('worker_'),
      ).length,
  };
}

const seconds = 1_000;

/** What so many instances get that ask one after the other. */
async function enter(pool: ReturnType<typeof aPool>, tenants: string[], times: number) {
  const places = [];
  for (let n = 0; n < times; n++) places.push(await pool.instance().enter(tenants, 60 * seconds));
  return places;
}
const entered = (places: { tenants: ReadonlySet<string> }[]) =>
  places.filter(({ tenants }) => tenants.size > 0).length;

describe('a pool of ten workers', () => {
  it('gives one tenant eight, and finds a place for another at once', async () => {
    const pool = aPool(10);
    await pool.isShared();

    const flood = await enter(pool, ['flood'], 10);
    const quiet = await enter(pool, ['quiet'], 1);

    expect([entered(flood), entered(quiet)]).toEqual([8, 1]);
  });

  it('gives a tenant half of them as soon as another is at work', async () => {
    const pool = aPool(10);
    await pool.isShared();
    await enter(pool, ['quiet'], 1);

    expect(entered(await enter(pool, ['flood'], 10))).toBe(4);
  });

  it('lets in as many of those who come in the same moment as there are places', async () => {
    const pool = aPool(10);
    await pool.isShared();

    const places = await Promise.all(
      Array.from({ length: 30 }, () => pool.instance().enter(['flood'], 60 * seconds)),
    );

    expect(entered(places)).toBe(8);
  });

  it('gives a place that was left to the next', async () => {
    const pool = aPool(10);
    await pool.isShared();
    const [first] = await enter(pool, ['flood'], 8);
    expect(entered(await enter(pool, ['flood'], 1))).toBe(0);

    await first?.leave();

    expect(entered(await enter(pool, ['flood'], 1))).toBe(1);
    expect(await pool.workers()).toBe(8);
  });

  it('has the places of invocations that died when their time is over, and forgets them', async () => {
    const pool = aPool(10);
    await pool.isShared();
    await enter(pool, ['flood'], 8);
    expect(entered(await enter(pool, ['flood'], 1))).toBe(0);

    table.clock.pass(61 * seconds);
    const [place] = await enter(pool, ['flood'], 1);
    await place?.leave();

    expect(place?.tenants.size).toBe(1);
    expect(await pool.workers()).toBe(0);
  });
});

describe('a company that was alone for a week', () => {
  it('has all workers', async () => {
    const pool = aPool(4);

    expect(entered(await enter(pool, ['flood'], 6))).toBe(6);
  });

  it('shares them as soon as another has work, and no more once that is a week ago', async () => {
    const pool = aPool(4);
    await pool.isShared();
    expect(entered(await enter(pool, ['flood'], 6))).toBe(3);

    table.clock.pass(8 * 86_400 * seconds);

    expect(entered(await enter(pool, ['flood'], 6))).toBe(6);
  });
});

describe('an invocation', () => {
  it('works for the one of its tenants that has a place, while the other waits', async () => {
    const pool = aPool(4);
    await pool.isShared();
    await enter(pool, ['flood'], 3);

    const [places] = await enter(pool, ['flood', 'quiet'], 1);

    expect([...(places?.tenants ?? [])]).toEqual(['quiet']);
    // What it does not work for does not count for the flood.
    await places?.leave();
    expect(await pool.workers()).toBe(3);
  });

  it('tells who waits, once for a while, and asks nothing meanwhile', async () => {
    const pool = aPool(2);
    await pool.isShared();
    await enter(pool, ['flood'], 1);
    const instance = pool.instance();

    for (let n = 0; n < 3; n++) {
      expect((await instance.enter(['flood'], 60 * seconds)).tenants.size).toBe(0);
    }
    expect(pool.log.at('info')).toHaveLength(1);
    expect(pool.log.at('info')[0]?.details).toMatchObject({ tenant_id: 'flood' });

    table.clock.pass(seconds);
    await instance.enter(['flood'], 60 * seconds);
    expect(pool.log.at('info')).toHaveLength(2);
  });

  it('works without a place when the store is away, since a share protects others only', async () => {
    const pool = aPool(2, failingTable(table));

    const [places] = await enter(pool, ['acme'], 1);
    await places?.leave();

    expect([...(places?.tenants ?? [])]).toEqual(['acme']);
    expect(pool.log.at('warn')).toHaveLength(2);
    expect(JSON.stringify(pool.log.lines)).not.toContain('+49');
  });

  it('is counted once where the answer of its write was lost', async () => {
    const pool = aPool(4, withLostAnswers(table));
    await pool.isShared();

    const places = await enter(pool, ['acme'], 4);

    expect(entered(places)).toBe(3);
    for (const place of places) await place.leave();
    expect(await pool.workers()).toBe(0);
  });
});
