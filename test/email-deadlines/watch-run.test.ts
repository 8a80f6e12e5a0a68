import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailStore } from '../../lambdas/email-deadlines/stores/email-store.ts';
import { noCounts } from '../../lambdas/email-deadlines/work/run.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anEmail } from './email-world.ts';
import { aRunning, ends } from './running.ts';
import { aChain, aStart, hasBegun } from './starting.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

describe('the watch over a run', () => {
  it('does nothing while drafts are made', async () => {
    const run = await aRunning(table);
    await run.store.count(run.key, { waiting: -1, drafted: 1 });

    await run.watch();

    expect(run.enqueued()).toEqual([]);
    expect(run.watches).toHaveLength(2);
  });

  it('does nothing while what was drafted is sent', async () => {
    const run = await aRunning(table);
    await run.store.count(run.key, { waiting: -2, drafted: 2 });
    await run.watch();

    await run.store.count(run.key, { drafted: -1, sent: 1, on_time: 1 });
    await run.watch();

    expect(run.enqueued()).toEqual([]);
    expect(run.watches).toHaveLength(3);
  });

  it('enqueues again what is stalled', async () => {
    const run = await aRunning(table);
    await ends(table, run, 'a');

    await run.watch();

    expect(run.enqueued()).toEqual(['b']);
    expect(run.log.text()).toContain('was stalled');
    expect(run.watches).toHaveLength(2);
  });

  it('enqueues less and less often what is stalled all the same, and again once it has moved', async () => {
    const run = await aRunning(table);
    const [times, begun] = [[] as number[], table.clock.now()];

    for (let n = 0; n < 40; n++) {
      table.clock.pass(45_000);
      await run.watch();
      if (run.enqueued().length > 0) times.push((table.clock.now() - begun) / 45_000);
    }
    await run.store.count(run.key, { waiting: -1, drafted: 1 });
    await run.watch();
    await run.watch();

    expect(times).toEqual([1, 2, 4, 7, 13, 24]);
    expect(run.enqueued()).toEqual(['a', 'b']);
  });

  it('leaves alone what a worker has in flight', async () => {
    const run = await aRunning(table);
    const until = table.clock.now() + 60_000;
    await emailStore(table).claim({ ...run.key, email_id: 'a' }, 'worker', until);

    await run.watch();
    const during = run.enqueued();
    table.clock.pass(60_000);
    await run.watch();

    expect(during).toEqual(['b']);
    expect(run.enqueued()).toEqual(['a', 'b']);
  });

  it('enqueues none of content whose parents are not done', async () => {
    const run = await aRunning(table, { mail: aChain(), run: { dependency_kind: 'content' } });

    await run.watch();

    expect(run.enqueued()).toEqual(['first']);
  });

  it('leaves alone what is only not due yet, until it is', async () => {
    const mail = [anEmail('soon', { deadline: 20 }), anEmail('late', { deadline: 600 })];
    const run = await aRunning(table, { mail, run: { send: 'just_in_time' } });

    await run.watch();
    const before = run.enqueued();
    table.clock.pass(45_000);
    await run.watch();

    expect(before).toEqual([]);
    expect(run.enqueued()).toEqual(['soon']);
  });

  it('counts again and closes a run whose counts were lost', async () => {
    const run = await aRunning(table);
    await ends(table, run, 'a');
    await ends(table, run, 'b', 'failed');

    await run.watch();

    expect(await run.stored()).toMatchObject({
      state: 'completed',
      fetched: 2,
      waiting: 0,
      drafted: 0,
      sent: 1,
      on_time: 1,
      late: 0,
      failed: 1,
    });
    expect(run.watches).toHaveLength(1);
  });

  it('closes an empty run that died before it was closed', async () => {
    const run = await aStart(table, { mail: [] });
    await hasBegun(run.store, run.key, {});

    await run.start();
    await run.watch();

    expect((await run.stored()).state).toBe('completed');
  });

  it('ends with the run', async () => {
    const run = await aRunning(table);
    await run.store.complete(run.key, { ...noCounts, fetched: 2, sent: 2 });

    await run.watch();

    expect(run.watches).toHaveLength(1);
    expect(run.enqueued()).toEqual([]);
  });
});
