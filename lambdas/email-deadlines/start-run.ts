import { isoTime } from '../runtime/clock.ts';
import { EngineError } from '../runtime/errors.ts';
import { faultsOf } from '../runtime/json-body.ts';
import { errorForLog, type Log, type Meter } from '../runtime/log.ts';
import { countVendorFailure } from '../runtime/vendor-failures.ts';
import type { RunStore } from './adapters/run-store.ts';
import { type EmailIn, emailsIn, type ReadyMessage, type RunMessage } from './contract.ts';
import { isOver, type StoredEmail } from './domain/email.ts';
import { type Expectation, prepareRun } from './domain/prepare.ts';
import { doneOf, noCounts, type StoredRun } from './domain/run.ts';

export interface StartPorts {
  runs: RunStore;
  /** Throws where the company has no mailbox that replies could be posted to. */
  checkMailbox(run: StoredRun): Promise<void>;
  /** The emails of the company's mailbox, as it serves them. */
  fetchEmails(run: StoredRun): Promise<unknown>;
  expectation(run: StoredRun): Promise<Expectation>;
  enqueue(messages: ReadyMessage[]): Promise<void>;
  /** Lets the run be looked after later. */
  watchLater(message: RunMessage): Promise<void>;
  clock: { now(): number };
  log: Log;
  meter: Meter;
}

/** Takes one message of the queue of runs. Throws `retry` for what may succeed later. */
export async function handleRun(message: RunMessage, ports: StartPorts): Promise<void> {
  const run = await ports.runs.find(message);
  if (!run) {
    ports.log.error('A run is not there any more.', idsOf(message));
    return;
  }
  if (message.kind === 'watch') return watch(run, message, ports);
  if (run.state === 'pending') await start(run, ports);
  else if (run.state === 'running') await startAgain(run, ports);
}

/** A redelivery: the emails are stored, but may not all have been enqueued, nor the run looked after. */
async function startAgain(run: StoredRun, ports: StartPorts): Promise<void> {
  await enqueueReady(await ports.runs.allEmails(run), run, ports);
  await ports.watchLater({ kind: 'watch', ...idsOf(run), progress: progressOf(run) });
}

async function start(run: StoredRun, ports: StartPorts): Promise<void> {
  const emails = await readEmails(run, ports);
  if (!Array.isArray(emails)) {
    await failRun(run, emails, ports);
    return;
  }
  // Deadlines count from the request, or from the fetch that was just made.
  const from = run.has_emails ? Date.parse(run.created_at) : ports.clock.now();
  const preparation = prepareRun(emails, run, await ports.expectation(run), from);
  if (preparation.kind === 'faulty') return failRun(run, invalid(preparation.faults), ports);
  const { prepared } = preparation;
  await ports.runs.writeEmails(prepared.emails, prepared.dependents);
  const count = prepared.emails.length;
  const begun = await ports.runs.begin(run, {
    ...noCounts,
    ...prepared.admission,
    fetched: count,
    waiting: count,
    begun_at: isoTime(ports.clock.now()),
  });
  if (!begun) return;
  ports.meter.count('RunsStarted');
  ports.log.info('A run has begun.', { ...idsOf(run), emails: count });
  if (count === 0) {
    await ports.runs.complete(run, noCounts);
    return;
  }
  await enqueueReady(prepared.emails, run, ports);
  await ports.watchLater({ kind: 'watch', ...idsOf(run), progress: 0 });
}

/** The emails, or why there are none. */
async function readEmails(
  run: StoredRun,
  ports: StartPorts,
): Promise<EmailIn[] | NonNullable<StoredRun['problem']>> {
  let given: unknown;
  try {
    await ports.checkMailbox(run);
    given = run.has_emails ? JSON.parse(await ports.runs.given(run)) : await ports.fetchEmails(run);
  } catch (error) {
    if (!(error instanceof EngineError) || error.next === 'retry') throw error;
    countVendorFailure(error, ports.meter);
    ports.log.error('The mailbox of a run cannot be used.', {
      ...idsOf(run),
      error_code: error.code,
      error: errorForLog(error),
    });
    return { status: 502, detail: error.message, errors: [] };
  }
  const result = emailsIn.safeParse(given);
  if (result.success) return result.data;
  return invalid(
    faultsOf(given, result.error.issues).map(({ pointer, detail }) => `${pointer}: ${detail}`),
  );
}

const mostFaults = 100;

const invalid = (faults: string[]): NonNullable<StoredRun['problem']> => ({
  status: 422,
  detail: `The emails have ${faults.length} fault(s); none was answered.`,
  errors: faults.slice(0, mostFaults),
});

async function failRun(
  run: StoredRun,
  problem: NonNullable<StoredRun['problem']>,
  ports: StartPorts,
): Promise<void> {
  await ports.runs.fail(run, problem);
  ports.meter.count('RunsFailed');
  ports.log.error('A run failed before it began.', { ...idsOf(run), status: problem.status });
}

/** Ends a run whose mailbox did not answer however often it was asked. */
export const giveUp = (run: StoredRun, error: EngineError, ports: StartPorts): Promise<void> =>
  failRun(run, { status: 504, detail: error.message, errors: [] }, ports);

/** Those that may be worked on: all of a run of `order`, of one of `content` those that wait for none. */
async function enqueueReady(
  emails: StoredEmail[],
  run: StoredRun,
  ports: StartPorts,
): Promise<number> {
  const now = ports.clock.now();
  const ready = emails.filter(
    (email) =>
      !isOver(email) &&
      email.lease_until <= now &&
      (!email.waiting_for || (run.dependency_kind === 'order' && email.state === 'waiting')),
  );
  await ports.enqueue(
    ready.map(({ tenant_id, run_id, email_id, deadlines, spare, release_at, state }) => ({
      tenant_id,
      run_id,
      email_id,
      deadlines,
      spare,
      ...(release_at !== undefined && { release_at }),
      ...(state !== 'waiting' && { drafted: true }),
    })),
  );
  return ready.length;
}

/**
 * Looks after a run: as long as it moves, nothing is done. One that stands still is counted anew from its
 * emails, closed if all are over, and else those that may be worked on are enqueued once more.
 */
async function watch(run: StoredRun, message: RunMessage, ports: StartPorts): Promise<void> {
  if (run.state !== 'running') return;
  const progress = progressOf(run);
  if (progress === message.progress) {
    const emails = await ports.runs.allEmails(run);
    const counts = { ...countsOf(emails), fetched: emails.length, retries: run.retries };
    if (doneOf(counts) === emails.length) {
      await ports.runs.complete(run, counts);
      return;
    }
    const now = ports.clock.now();
    // What is not due yet stands still rightly, and waits in the queue.
    const due = emails.filter(({ release_at = 0 }) => release_at <= now);
    const again = await enqueueReady(due, run, ports);
    ports.log.warn('A run stood still; what may be worked on is enqueued again.', {
      ...idsOf(run),
      emails: again,
    });
  }
  await ports.watchLater({ kind: 'watch', ...idsOf(run), progress });
}

/** Grows with each draft and each end; one that is drafted has gone half the way. */
const progressOf = (run: StoredRun): number => 2 * doneOf(run) + run.drafted;

function countsOf(emails: StoredEmail[]) {
  const inState = (...states: StoredEmail['state'][]) =>
    emails.filter(({ state }) => states.includes(state)).length;
  const onTime = emails.filter(({ on_time }) => on_time).length;
  return {
    waiting: inState('waiting'),
    drafted: inState('drafted', 'sending'),
    sent: inState('sent'),
    on_time: onTime,
    late: inState('sent') - onTime,
    failed: inState('failed'),
  };
}

const idsOf = ({ tenant_id, run_id }: Pick<StoredRun, 'tenant_id' | 'run_id'>) => ({
  tenant_id,
  run_id,
});
