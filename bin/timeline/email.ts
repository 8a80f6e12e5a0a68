import type { EmailKey, StoredEmail } from '../../lambdas/email-deadlines/work/email.ts';
import type { StoredRun } from '../../lambdas/email-deadlines/work/run.ts';
import { counted } from '../../lambdas/shared/plural.ts';
import { spanOf } from '../duration.ts';
import type { Records } from '../records.ts';
import { historySteps, inOrder, type Step, stepAt, type Timeline } from './step.ts';

/** Emails that this one waited for and that are looked at; the last of them to end is what counts. */
const maxParents = 100;

/** What happened to an email of a run; undefined when there is none. */
export async function emailTimeline(
  key: EmailKey,
  records: Records,
  reveal: boolean,
): Promise<Timeline | undefined> {
  const [run, email] = await Promise.all([records.run(key), records.email(key)]);
  if (!run || !email) return undefined;
  const ids = email.dependencies.slice(0, maxParents);
  const parents = await Promise.all(ids.map((email_id) => records.email({ ...key, email_id })));
  return {
    title: `${key.tenant_id}: email ${key.email_id} of run ${key.run_id}`,
    state: stateOf(email),
    steps: inOrder([
      ...startOf(run),
      ...(email.notes ?? []).flatMap((note) => stepAt(run.begun_at, note)),
      ...parentsDone(parents.filter((parent) => parent !== undefined)),
      ...stepAt(email.begun_at, 'begun: a worker took it first'),
      ...stepAt(email.drafted_at, `drafted (${email.answered_by ?? 'by nobody'})`),
      ...stepAt(email.sent_at, 'sent'),
      ...historySteps(email.history),
      ...stepAt(email.failed_at, `failed: ${email.reason ?? 'no reason is noted'}`),
    ]),
    ...(reveal && {
      words: { subject: email.subject, body: email.body, response: email.response ?? '' },
    }),
  };
}

/** What happened to a run as a whole; undefined when there is none. */
export async function runTimeline(
  key: Pick<EmailKey, 'tenant_id' | 'run_id'>,
  records: Records,
): Promise<Timeline | undefined> {
  const run = await records.run(key);
  if (!run) return undefined;
  const { problem } = run;
  return {
    title: `${key.tenant_id}: run ${key.run_id}`,
    state: outcomeOf(run),
    steps: inOrder([
      ...startOf(run),
      ...stepAt(run.completed_at ?? undefined, problem ? problemOf(problem) : 'completed'),
    ]),
  };
}

/** The counts, and where there are any, what explains lateness. */
function outcomeOf(run: StoredRun): string {
  const { sent, on_time, late, failed, fetched, cannot_be_met, at_risk, retries } = run;
  const explained = [
    ...(cannot_be_met.length > 0
      ? [`${cannot_be_met.length} could not be met (cannot_be_met)`]
      : []),
    ...(at_risk > 0 ? [`${at_risk} at risk with so few workers (at_risk)`] : []),
    ...(retries > 0 ? [`${retries} posts not taken at once (retries)`] : []),
  ];
  const sums = `${run.state}; of ${counted(fetched, 'email')} ${sent} sent (${on_time} on time, ${late} late), ${failed} failed`;
  return [sums, ...explained].join('; ');
}

/** Some of the faults: whoever sent the emails sees all of them. */
const maxFaults = 5;

const problemOf = ({ status, detail, errors }: NonNullable<StoredRun['problem']>): string =>
  [`failed: ${status} ${detail}`, ...errors.slice(0, maxFaults)].join(' ');

const startOf = (run: StoredRun): Step[] => [
  ...stepAt(run.created_at, 'its run was asked for'),
  ...stepAt(run.begun_at, run.has_emails ? 'the emails were checked' : 'the emails were fetched'),
];

function parentsDone(parents: StoredEmail[]): Step[] {
  const ends = parents.map(({ sent_at, failed_at }) => sent_at ?? failed_at);
  if (ends.length === 0 || ends.includes(undefined)) return [];
  const last = Math.max(...ends.flatMap((end) => end ?? []));
  return stepAt(last, `ready: ${counted(ends.length, 'email')} before it done`);
}

function stateOf(email: StoredEmail): string {
  const { state, waiting_for, attempts, sent_at, deadline_at } = email;
  // One that failed for what it is may have none that could be read.
  const due = deadline_at ? `due ${new Date(deadline_at).toISOString()}` : 'due nobody knows when';
  if (state === 'failed') return `failed; it was ${due}`;
  if (state === 'sent') {
    const spare = deadline_at - (sent_at ?? deadline_at);
    return spare < 0
      ? `sent late, by ${spanOf(-spare)}; it was ${due}`
      : `sent on time, ${spanOf(spare)} before it was due`;
  }
  const waits = waiting_for ? `, waits for ${counted(waiting_for.size, 'email')}` : '';
  return `${state}, ${due}${waits}${attempts > 1 ? `, tried ${counted(attempts, 'time')}` : ''}`;
}
