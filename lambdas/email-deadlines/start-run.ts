import { isoTime } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { errorForLog, type Log, type Meter } from '../shared/log.ts';
import { counted } from '../shared/plural.ts';
import { done, type Outcome } from '../shared/queue/outcome.ts';
import { countVendorFailure } from '../shared/vendor-failures.ts';
import { emailList } from './email-schema.ts';
import { type HandOutPorts, handOutUntilAhead } from './hand-out.ts';
import { limits } from './limits.ts';
import type { RunMessage } from './messages.ts';
import { faultsIn, readEmails, readers } from './read-emails.ts';
import type { RunStore } from './stores/run-store.ts';
import { watchRun } from './watch-run.ts';
import type { Invocation } from './work/answer-email.ts';
import { answerableOf } from './work/answerable.ts';
import type { UnreadableEmail } from './work/email.ts';
import { type Expectation, failedEmails, type PreparedRun, prepareRun } from './work/prepare.ts';
import { noCounts, progressOf, runKeyOf, type StoredRun } from './work/run.ts';

export interface StartPorts extends HandOutPorts {
  runs: RunStore;
  isSuspended(run: StoredRun): Promise<boolean>;
  /** Throws where the company has no mailbox that replies could be posted to. */
  checkMailbox(run: StoredRun): Promise<void>;
  /** The emails of the company's mailbox, as it serves them. */
  fetchEmails(run: StoredRun): Promise<unknown>;
  expectation(run: StoredRun): Promise<Expectation>;
  /** Lets the run be looked after later. */
  watchLater(message: RunMessage): Promise<void>;
  log: Log;
  meter: Meter;
}

/** What an invocation keeps of its time for what comes after the writing of the emails. */
const enqueueingMs = 30_000;

/** Takes one message of the queue of runs. Throws `retry` for what may succeed later. */
export async function handleRun(
  message: RunMessage,
  ports: StartPorts,
  invocation: Invocation,
): Promise<Outcome> {
  const run = await ports.runs.find(message);
  if (!run) {
    ports.log.error('A run is not there any more.', runKeyOf(message));
    return done;
  }
  if (message.kind === 'watch') await watchRun(run, message, ports);
  else if (run.state === 'pending') return start(run, ports, invocation);
  else if (run.state === 'running') await startAgain(run, ports);
  return done;
}

/** The emails are stored, but may not all have been enqueued, nor the run looked after. */
async function startAgain(run: StoredRun, ports: StartPorts): Promise<void> {
  const ahead = await handOutUntilAhead(await ports.runs.allEmails(run), run, ports);
  await watchLater(run, progressOf(run), ahead, ports);
}

const watchLater = (run: StoredRun, progress: number, ahead: object, ports: StartPorts) =>
  ports.watchLater({ kind: 'watch', ...runKeyOf(run), progress, ...ahead });

/** Under a lease: a second message must not write the emails anew while they are answered already. */
async function start(run: StoredRun, ports: StartPorts, invocation: Invocation): Promise<Outcome> {
  const { runs, clock } = ports;
  const { owner } = invocation;
  const until = clock.now() + Math.max(0, invocation.remainingMs());
  if (!(await runs.claimStart(run, owner, until))) return afterAnother(run, ports);
  try {
    await startOwned(run, ports, { owner, until: until - enqueueingMs });
  } catch (error) {
    // Where this fails too, the lease runs out.
    await runs.releaseStart(run, owner).catch(() => false);
    throw error;
  }
  return done;
}

/** Another message of the run is at it, and may die with it. */
async function afterAnother(run: StoredRun, { runs, clock }: StartPorts): Promise<Outcome> {
  const { state, start_until = 0 } = (await runs.find(run)) ?? run;
  const leftMs = state === 'pending' ? start_until - clock.now() : 0;
  return { kind: 'retry', afterSeconds: Math.max(1, Math.ceil(leftMs / 1000)) };
}

async function startOwned(
  run: StoredRun,
  ports: StartPorts,
  { owner, until }: { owner: string; until: number },
): Promise<void> {
  const list = await emailsOf(run, ports);
  if (!Array.isArray(list)) return failRun(run, list, ports);
  const now = ports.clock.now();
  const prepared = await prepare(list, run, now, ports);
  if ('status' in prepared) return failRun(run, prepared, ports);
  const { failed } = prepared;
  // Those that wait for their time are kept as long beyond it as all are.
  const keptFrom = prepared.emails.reduce(
    (last, { release_at = 0 }) => Math.max(last, release_at),
    now,
  );
  await ports.runs.writeEmails(prepared.emails, prepared.dependents, { until, keptFrom }, failed);
  const count = prepared.emails.length;
  const counts = {
    ...noCounts,
    fetched: count + failed.length,
    waiting: count,
    failed: failed.length,
  };
  const begun = {
    ...counts,
    ...prepared.admission,
    begun_at: isoTime(ports.clock.now()),
  };
  if (!(await ports.runs.begin(run, owner, begun, keptFrom))) return begunBefore(run, ports);
  ports.meter.count('RunsStarted');
  ports.log.info('A run has begun.', { ...runKeyOf(run), emails: count });
  if (failed.length > 0) noteFailed(run, failed, ports);
  if (count === 0) {
    await ports.runs.complete(run, counts);
    return;
  }
  await watchLater(
    run,
    progressOf({ ...run, ...counts }),
    await handOutUntilAhead(prepared.emails, run, ports),
    ports,
  );
}

/** By this very owner, whose write took effect and whose answer was lost, or not at all any more. */
async function begunBefore(run: StoredRun, ports: StartPorts): Promise<void> {
  const current = await ports.runs.find(run);
  if (current?.state === 'running') await startAgain(current, ports);
}

/** The emails as they are stored, or why the run cannot begin with them. */
async function prepare(
  list: readonly unknown[],
  run: StoredRun,
  now: number,
  ports: StartPorts,
): Promise<(PreparedRun & { failed: UnreadableEmail[] }) | Problem> {
  const isStrict = run.has_emails && run.on_invalid !== 'skip';
  const read = readEmails(list, isStrict ? readers.strict : readers.served);
  const faults = isStrict ? faultsIn(read, '#') : [];
  if (faults.length > 0) {
    return invalid(faults.map(({ pointer, detail }) => `${pointer}: ${detail}`));
  }
  const { answerable, aside } = answerableOf(read);
  // Deadlines count from the request, or from the fetch that was just made.
  const from = run.has_emails ? Date.parse(run.created_at) : now;
  const preparation = prepareRun(answerable, run, await ports.expectation(run), from);
  if (preparation.kind === 'faulty') return invalid(preparation.faults);
  return { ...preparation.prepared, failed: failedEmails(aside, run, from) };
}

/** An operator sees how many and of which kind; the reasons are the company's to read. */
function noteFailed(run: StoredRun, failed: UnreadableEmail[], { log }: StartPorts): void {
  const codes = Object.groupBy(failed, ({ reason = '' }) => reason.split(':')[0] ?? '');
  log.warn('Some emails of a run cannot be answered.', {
    ...runKeyOf(run),
    ...Object.fromEntries(Object.entries(codes).map(([code, some = []]) => [code, some.length])),
  });
}

type Problem = NonNullable<StoredRun['problem']>;

/** The list of emails, each still to be read, or why there is none. */
async function emailsOf(run: StoredRun, ports: StartPorts): Promise<unknown[] | Problem> {
  let given: unknown;
  try {
    await ports.checkMailbox(run);
    given = run.has_emails ? JSON.parse(await ports.runs.given(run)) : await ports.fetchEmails(run);
  } catch (error) {
    if (!(error instanceof EngineError) || error.next === 'retry') throw error;
    countVendorFailure(error, ports.meter);
    ports.log.error('The mailbox of a run cannot be used.', {
      ...runKeyOf(run),
      error_code: error.code,
      error: errorForLog(error),
    });
    return { status: 502, detail: error.message, errors: [] };
  }
  const result = emailList.safeParse(given);
  if (result.success) return result.data;
  const most = `a list of at most ${limits.emailsPerRun} emails`;
  return invalid([
    Array.isArray(given) ? `#: It is longer than ${most}.` : `#: It is not ${most}.`,
  ]);
}

const mostFaults = 100;

const invalid = (faults: string[]): Problem => ({
  status: 422,
  detail: `The emails have ${counted(faults.length, 'fault')}; none was answered.`,
  errors: faults.slice(0, mostFaults),
});

async function failRun(
  run: StoredRun,
  problem: NonNullable<StoredRun['problem']>,
  ports: StartPorts,
): Promise<void> {
  await ports.runs.fail(run, problem);
  ports.meter.count('RunsFailed');
  ports.log.error('A run failed before it began.', { ...runKeyOf(run), status: problem.status });
}

/** Ends a run whose mailbox did not answer however often it was asked. */
export const giveUp = (run: StoredRun, error: EngineError, ports: StartPorts): Promise<void> =>
  failRun(run, { status: 504, detail: error.message, errors: [] }, ports);
