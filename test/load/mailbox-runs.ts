import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import type { EmailRunStatus } from '../../lambdas/email-deadlines/routes.ts';
import type { RunOrder } from '../../local/simulators/mailbox/run-order.ts';
import type { LoadedRun } from '../../local/simulators/mailbox/simulator.ts';
import { startTestEngine, type TestEngine } from '../support/engine.ts';

export const workers = 64;

/** An engine for all tests of a file, and runs of its mailbox on it. */
export function mailboxRuns() {
  let engine: TestEngine;

  beforeAll(async () => {
    engine = await startTestEngine();
  });

  afterAll(() => engine.stop());

  const ask = async (path: string, method = 'GET'): Promise<EmailRunStatus> => {
    const headers = { authorization: `Bearer ${engine.demoKey}` };
    const response = await fetch(engine.cloud.url + path, { method, headers });
    if (!response.ok) throw new Error(`${path} answered ${response.status}.`);
    return (await response.json()) as EmailRunStatus;
  };
  const status = ({ run_id }: EmailRunStatus) => ask(`/status/${run_id}`);

  return {
    /** Ends the function that answers emails, in the middle of its work. */
    kill: () => engine.cloud.services.functions.get('replies-engine-email-deadline-local')?.crash(),

    async started(order: RunOrder): Promise<{ run: EmailRunStatus; box: LoadedRun['box'] }> {
      const { mailbox } = engine;
      if (!mailbox) throw new Error('Expected the simulated mailbox.');
      mailbox.next(order);
      const run = await ask('/trigger?test=true', 'POST');
      while (mailbox.runs().length === 0 || (await status(run)).state === 'pending') {
        await sleep(100);
      }
      const loaded = mailbox.runs().at(-1);
      if (!loaded) throw new Error('Expected a run to have been fetched.');
      return { run, box: loaded.box };
    },

    async ended(run: EmailRunStatus, timeoutMs: number): Promise<EmailRunStatus> {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const view = await status(run);
        if (view.state === 'completed' || view.state === 'failed') return view;
        if (Date.now() > until) throw new Error(`Not completed: ${JSON.stringify(view.counts)}`);
        await sleep(500);
      }
    },
  };
}
