import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLedger } from '../../../lambdas/email-deadlines/stores/run-ledger.ts';
import { type RunStore, runStore } from '../../../lambdas/email-deadlines/stores/run-store.ts';
import { recordedLog } from '../../support/log.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { aRunning, ends } from '../running.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** A run of two emails that has begun. */
async function aCounted() {
  const run = await aRunning(table);
  const log = recordedLog();
  const usage = { count: async () => {} };
  return {
    ...run,
    log,
    /** Answers an email, and counts that through this store. */
    async answers(id: string, runs: RunStore = run.store): Promise<void> {
      await ends(table, run, id);
      const ledger = runLedger(runs, usage, log);
      ledger.add(run.key, { waiting: -1, sent: 1, on_time: 1 });
      await ledger.close();
    },
  };
}

describe('the ledger of an invocation', () => {
  it('closes a run whose emails are all over', async () => {
    const run = await aCounted();

    await run.answers('a');
    await run.answers('b');

    const counts = { waiting: 0, drafted: 0, sent: 2, on_time: 2, late: 0, failed: 0 };
    expect(await run.stored()).toMatchObject({ state: 'completed', ...counts });
    expect(run.log.text()).toContain('A run is completed.');
  });

  it('closes none by a count that was added twice because its answer was lost, and corrects it', async () => {
    const run = await aCounted();
    const { count } = runStore(withLostAnswers(table));

    await run.answers('a', { ...run.store, count });

    expect(await run.stored()).toMatchObject({ state: 'running', waiting: 1, sent: 1, on_time: 1 });
    await run.answers('b');
    expect(await run.stored()).toMatchObject({ state: 'completed', waiting: 0, sent: 2 });
  });

  it('corrects a run that was closed before the last was counted', async () => {
    const run = await aCounted();
    await run.answers('a');
    await run.store.complete(run.key, { ...(await run.store.tally(run.key)), sent: 2, retries: 0 });

    await run.answers('b');

    expect(await run.stored()).toMatchObject({ state: 'completed', sent: 2, on_time: 2 });
  });

  it('leaves counts alone that have moved since they were seen', async () => {
    const run = await aCounted();
    const seen = await run.stored();
    await run.store.count(run.key, { waiting: -1, drafted: 1 });

    const counts = await run.store.tally(run.key);

    expect(await run.store.recount(run.key, counts, seen)).toBe(false);
    expect(await run.stored()).toMatchObject({ waiting: 1, drafted: 1 });
  });
});
