import { errorForLog, type Log } from '../../shared/log.ts';
import type { UsageCounter } from '../../tenancy/stores/usage-counter.ts';
import type { Counts } from '../routes.ts';
import type { RunKey } from '../work/email.ts';
import { doneOf, runKeyOf, type StoredRun } from '../work/run.ts';
import type { RunStore } from './run-store.ts';

/** What an invocation has done, written to its runs about once a second and at its end. */
export interface RunLedger {
  add(run: RunKey, counts: Partial<Counts>): void;
  close(): Promise<void>;
}

const everyMs = 1_000;

type Page = { run: RunKey; counts: Partial<Counts> };

export function runLedger(
  runs: Pick<RunStore, 'count' | 'complete' | 'recount' | 'tally'>,
  usage: Pick<UsageCounter, 'count'>,
  log: Log,
): RunLedger {
  let pages = new Map<string, Page>();
  let writing = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  /** Counts only give the hint: one that was added twice must not close a run whose emails are not all over. */
  const closeIfOver = async (run: StoredRun): Promise<void> => {
    const isOver =
      run.state === 'completed' ? doneOf(run) > run.fetched : doneOf(run) >= run.fetched;
    if (!isOver) return;
    const counts = await runs.tally(run);
    if (run.state === 'running' && doneOf(counts) === counts.fetched) {
      const completed = await runs.complete(run, { ...counts, retries: run.retries });
      if (completed) log.info('A run is completed.', { ...runKeyOf(run), ...counts });
      return;
    }
    await runs.recount(run, counts, run);
  };

  const writePage = async ({ run, counts }: Page): Promise<void> => {
    try {
      const after = await runs.count(run, counts);
      if (counts.sent) await usage.count(run.tenant_id, 'emails', counts.sent);
      await closeIfOver(after);
    } catch (error) {
      // The run's watch counts again what was not counted.
      log.error('The counts of an invocation could not be saved.', {
        ...run,
        error: errorForLog(error),
      });
    }
  };

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const full = [...pages.values()];
    pages = new Map();
    writing = writing.then(async () => {
      for (const page of full) await writePage(page);
    });
    return writing;
  };

  return {
    add({ tenant_id, run_id }, more) {
      const name = `${tenant_id} ${run_id}`;
      const page = pages.get(name) ?? { run: { tenant_id, run_id }, counts: {} };
      for (const [key, by] of Object.entries(more) as [keyof Counts, number][]) {
        page.counts[key] = (page.counts[key] ?? 0) + by;
      }
      pages.set(name, page);
      timer ??= setTimeout(() => void flush(), everyMs);
    },
    close: flush,
  };
}
