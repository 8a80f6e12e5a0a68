import { isoTime } from '../../shared/clock.ts';
import type { EngineError } from '../../shared/errors.ts';
import type { Invocation } from '../../shared/queue/consumer.ts';
import { done, type Outcome } from '../../shared/queue/outcome.ts';
import type { RunMessage } from '../messages.ts';
import { admissionOf } from './admission.ts';
import { answerableOf, type ReadList } from './answerable.ts';
import type { StoredEmail, UnreadableEmail } from './email.ts';
import { emailsOfPlan, failedEmails, planRun } from './plan-run.ts';
import { enqueueDueSoon } from './ready.ts';
import { noCounts, progressOf, type RunProblem, runKeyOf, type StoredRun } from './run.ts';
import type { StartPorts } from './run-ports.ts';
import { watchRun } from './watch-run.ts';

/** How much of its time an invocation keeps for what follows the writing of the emails. */
const enqueueingMs = 30_000;

/** Starts the run of a message, or watches it. Throws `retry` for what may succeed later. */
export async function handleRun(
  message: RunMessage,
  ports: StartPorts,
  invocation: Invocation,
): Promise<Outcome> {
  const run = await ports.runs.find(message);
  if (!run) {
    ports.log.error('The run no longer exists.', runKeyOf(message));
    return done;
  }
  if (message.kind === 'watch') await watchRun(run, message, ports);
  else if (run.state === 'pending') return startUnderLease(run, ports, invocation);
  else if (run.state === 'running') await enqueueAndWatch(run, ports);
  return done;
}

/** Ends a run whose mailbox did not answer however often it was asked. */
export const giveUp = (run: StoredRun, error: EngineError, ports: StartPorts): Promise<void> =>
  failRun(run, { status: 504, detail: error.message, errors: [] }, ports);

/** A second message must not write the emails again while the first ones are being answered. */
async function startUnderLease(
  run: StoredRun,
  ports: StartPorts,
  { owner, remainingMs }: Invocation,
): Promise<Outcome> {
  const { runs, clock } = ports;
  const until = clock.now() + Math.max(0, remainingMs());
  if (!(await runs.claimStart(run, owner, until))) return afterOtherStart(run, ports);
  try {
    await start(run, ports, { owner, until: until - enqueueingMs });
  } catch (error) {
    // If this fails too, the lease expires.
    await runs.releaseStart(run, owner).catch(() => false);
    throw error;
  }
  return done;
}

/** Another message starts the run, and its invocation may die. */
async function afterOtherStart(run: StoredRun, { runs, clock }: StartPorts): Promise<Outcome> {
  const { state, start_until = 0 } = (await runs.find(run)) ?? run;
  const leftMs = state === 'pending' ? start_until - clock.now() : 0;
  return { kind: 'retry', afterSeconds: Math.max(1, Math.ceil(leftMs / 1000)) };
}

async function start(
  run: StoredRun,
  ports: StartPorts,
  { owner, until }: { owner: string; until: number },
): Promise<void> {
  const read = await ports.loadEmails(run);
  if ('status' in read) return failRun(run, read, ports);
  const { emails, dependents, failed, admission } = await plan(read, run, ports);
  // Emails that are sent just in time are kept as long after their time as others are.
  const retainedFrom = emails.reduce(
    (last, { release_at = 0 }) => Math.max(last, release_at),
    ports.clock.now(),
  );
  await ports.runs.writeEmails(emails, dependents, { until, retainedFrom }, failed);
  const counts = {
    ...noCounts,
    fetched: emails.length + failed.length,
    waiting: emails.length,
    failed: failed.length,
  };
  const begun = { ...counts, ...admission, begun_at: isoTime(ports.clock.now()) };
  if (!(await ports.runs.begin(run, owner, begun, retainedFrom))) {
    // Either this owner's own write took effect and its answer was lost, or the run continued without it.
    const current = await ports.runs.find(run);
    if (current?.state === 'running') await enqueueAndWatch(current, ports);
    return;
  }
  ports.meter.count('RunsStarted');
  ports.log.info('A run has begun.', { ...runKeyOf(run), emails: emails.length });
  if (failed.length > 0) logFailed(run, failed, ports);
  if (emails.length === 0) await ports.runs.complete(run, counts);
  else await enqueueAndWatch({ ...run, ...counts }, ports, emails);
}

/** The emails as they are stored. Emails of a request were admitted when it came; deadlines count from then. */
async function plan(read: ReadList, run: StoredRun, ports: StartPorts) {
  const { answerable, aside } = answerableOf(read);
  const from = run.has_emails ? Date.parse(run.created_at) : ports.clock.now();
  const planned = planRun(answerable, run, await ports.expectation(run), from);
  return {
    ...emailsOfPlan(planned, run),
    failed: failedEmails(aside, run, from),
    admission: run.has_emails ? {} : admissionOf(planned),
  };
}

/** Also for a run that has begun before: not all its emails may have been enqueued, nor its watch. */
async function enqueueAndWatch(
  run: StoredRun,
  ports: StartPorts,
  written?: StoredEmail[],
): Promise<void> {
  const emails = written ?? (await ports.runs.allEmails(run));
  const enqueued = await enqueueDueSoon(emails, run, ports);
  const progress = progressOf(run);
  await ports.watchLater({ kind: 'watch', ...runKeyOf(run), progress, ...enqueued });
}

/** An operator sees how many failed for which reason; the details are for the company. */
function logFailed(run: StoredRun, failed: UnreadableEmail[], { log }: StartPorts): void {
  const codes = Object.groupBy(failed, ({ reason = '' }) => reason.split(':')[0] ?? '');
  log.warn('Some emails of a run cannot be answered.', {
    ...runKeyOf(run),
    ...Object.fromEntries(Object.entries(codes).map(([code, some = []]) => [code, some.length])),
  });
}

async function failRun(run: StoredRun, problem: RunProblem, ports: StartPorts): Promise<void> {
  await ports.runs.fail(run, problem);
  ports.meter.count('RunsFailed');
  ports.log.error('A run failed before it began.', { ...runKeyOf(run), status: problem.status });
}
