import { type EmailSources, loadEmails } from '../../lambdas/email-deadlines/load-emails.ts';
import type { ReadyMessage, RunMessage } from '../../lambdas/email-deadlines/messages.ts';
import type { Counts } from '../../lambdas/email-deadlines/routes.ts';
import { type RunStore, runStore } from '../../lambdas/email-deadlines/stores/run-store.ts';
import type { EmailIn } from '../../lambdas/email-deadlines/work/email.ts';
import type { StartPorts } from '../../lambdas/email-deadlines/work/run-ports.ts';
import { handleRun } from '../../lambdas/email-deadlines/work/start-run.ts';
import type { Invocation } from '../../lambdas/shared/queue/consumer.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import type { TestTable } from '../support/table.ts';
import { anEmail, aRun } from './email-world.ts';

let runs = 0;
let invocations = 0;

const anInvocation = (): Invocation => {
  invocations += 1;
  return { owner: `start-${invocations}`, remainingMs: () => 300_000 };
};

/** A run on a real store before it begins; its mailbox serves `mail`, or fails with it. */
export async function aStart(
  table: TestTable,
  options: {
    mail?: unknown;
    given?: unknown;
    run?: Parameters<typeof aRun>[0];
    enqueue?: () => Promise<void>;
    /** Why nothing could be posted. */
    fault?: Error;
  } = {},
) {
  const { mail = [anEmail('e1')], given, enqueue } = options;
  runs += 1;
  const run = aRun({
    run_id: `start-${runs}`,
    has_emails: given !== undefined,
    created_at: new Date(table.clock.now()).toISOString(),
    ...options.run,
  });
  const store = runStore(table);
  await store.create(run, given === undefined ? undefined : JSON.stringify(given));
  const [log, meter] = [recordedLog(), recordedMeter()];
  const enqueued: ReadyMessage[] = [];
  const watches: RunMessage[] = [];
  let fetches = 0;
  const sources: EmailSources = {
    given: store.given,
    checkMailbox: async () => {
      if (options.fault) throw options.fault;
    },
    async fetchEmails() {
      fetches += 1;
      if (mail instanceof Error) throw mail;
      return mail;
    },
    log,
    meter,
  };
  const ports: StartPorts = {
    runs: store,
    loadEmails: (one) => loadEmails(one, sources),
    isSuspended: async () => false,
    expectation: async () => ({ serviceMs: 500, gapMs: 0.1 }),
    async enqueue(messages) {
      await enqueue?.();
      enqueued.push(...messages);
    },
    watchLater: async (message) => void watches.push(message),
    clock: table.clock,
    log,
    meter,
  };
  const key = { tenant_id: run.tenant_id, run_id: run.run_id };

  return {
    ports,
    store,
    key,
    log,
    meter,
    watches,
    fetches: () => fetches,
    /** The ids that were enqueued since it was asked last. */
    enqueued: () => enqueued.splice(0).map(({ email_id }) => email_id),
    messages: () => enqueued.splice(0),
    start: (through: Partial<StartPorts & EmailSources> = {}) =>
      handleRun(
        { kind: 'start', ...key },
        { ...ports, loadEmails: (one) => loadEmails(one, { ...sources, ...through }), ...through },
        anInvocation(),
      ),
    /** Looks after the run as the last watch has said. */
    watch: () =>
      handleRun(watches.at(-1) ?? { kind: 'watch', ...key, progress: 0 }, ports, anInvocation()),
    async stored() {
      const found = await store.find(key);
      if (!found) throw new Error('Expected the run to be stored, got none.');
      return found;
    },
    email: async (id: string) =>
      (await store.allEmails(key)).find(({ email_id }) => email_id === id),
  };
}

/** Lets a run begin with these counts and no emails. */
export async function hasBegun(
  runs: RunStore,
  key: { tenant_id: string; run_id: string },
  counts: Partial<Counts>,
): Promise<void> {
  const now = Date.UTC(2026, 10, 21, 10);
  await runs.claimStart(key, 'start', now + 1_000);
  await runs.begin(key, 'start', counts, now);
}

/** The second waits for the first, the third for both. */
export const aChain = (fields: Partial<EmailIn> = {}): EmailIn[] => [
  anEmail('first', fields),
  anEmail('second', { ...fields, dependencies: ['first'] }),
  anEmail('third', { ...fields, dependencies: ['first', 'second'] }),
];

export const goodEmails = ['g1', 'g2', 'g3'].map((id) => anEmail(id));

/** Begins a run of these beside three good emails. */
export async function begunBesideGoodOnes(table: TestTable, mail: unknown[]) {
  const run = await aStart(table, { mail: [...goodEmails, ...mail] });
  await run.start();
  const failed = await run.store.lateOrFailed(run.key, 'failed', 100);
  return { run, failed, enqueued: run.enqueued().toSorted() };
}
