import type { SetAside } from './answerable.ts';
import type { DatedEmail, Pace } from './deadlines.ts';
import { type EmailIn, emailChars, type StoredEmail, type UnreadableEmail } from './email.ts';
import { checkGraph, type DependencyGraph } from './graph.ts';
import { type Priority, prioritiesOf } from './priorities.ts';
import type { StoredRun } from './run.ts';
import { ServiceTimes } from './service-times.ts';

/** What an email is expected to take before the run begins, in milliseconds. */
export interface Expectation {
  serviceMs: number;
  gapMs: number;
}

type GivenEmail = EmailIn & Pick<StoredEmail, 'mailbox_id' | 'notes'>;
type PlannedEmail = GivenEmail & DatedEmail & { dependencies: string[] };

/** Everything that is decided about a run before it begins. */
export interface RunPlan<Email extends DatedEmail = DatedEmail & Pick<StoredEmail, 'mailbox_id'>> {
  graph: DependencyGraph<Email>;
  pace: Pace;
  /** From this moment deadlines count. */
  startMs: number;
  workers: number;
  priorities: ReadonlyMap<string, Priority>;
}

type PlannedRun = Pick<
  StoredRun,
  'tenant_id' | 'run_id' | 'dependency_kind' | 'send' | 'concurrency_limit'
>;

/** Plans a run with these emails, which must be answerable: their dependencies are in the list and have no cycle. */
export function planRun(
  given: readonly GivenEmail[],
  run: PlannedRun,
  { serviceMs, gapMs }: Expectation,
  startMs: number,
): RunPlan<PlannedEmail> {
  const checked = checkGraph<PlannedEmail>(
    given.map((email) => ({
      ...email,
      dependencies: email.dependencies ?? [],
      deadline_at: startMs + email.deadline * 1000,
    })),
  );
  if (checked.kind === 'faulty') throw new Error(checked.faults[0]?.message);
  const { graph } = checked;
  const pace: Pace = { kind: run.dependency_kind, serviceMs, gapMs };
  const workers = run.concurrency_limit;
  const times = new ServiceTimes([serviceMs]);
  const priorities = prioritiesOf(graph, { ...pace, workers, startMs }, times);
  return { graph, pace, startMs, workers, priorities };
}

/** The planned emails as they are stored, those with the earliest deadline first, and the dependents of each. */
export function emailsOfPlan(
  { graph, pace, priorities }: RunPlan<PlannedEmail>,
  run: PlannedRun,
): { emails: StoredEmail[]; dependents: Map<string, string[]> } {
  const { serviceMs } = pace;
  const emails = graph.order.map(({ email, dependents }): StoredEmail => {
    const { email_id, mailbox_id, subject, body, deadline_at, dependencies, notes = [] } = email;
    const { deadlines = [], bestEffortDeadlines = [] } = priorities.get(email_id) ?? {};
    return {
      tenant_id: run.tenant_id,
      run_id: run.run_id,
      email_id,
      ...(mailbox_id !== undefined && { mailbox_id }),
      ...(notes.length > 0 && { notes }),
      subject,
      body,
      deadline_at,
      deadlines: [...deadlines],
      spare: [...bestEffortDeadlines],
      ...(run.send === 'just_in_time' && {
        release_at: latestSafeStart(bestEffortDeadlines[0] ?? deadline_at, serviceMs),
      }),
      dependencies,
      has_dependents: dependents.length > 0,
      ...(dependencies.length > 0 && { waiting_for: new Set(dependencies) }),
      state: 'waiting',
      lease_until: 0,
      attempts: 0,
    };
  });
  const idsOfDependents = graph.order.map(
    ({ email, dependents }) =>
      [email.email_id, dependents.map((dependent) => dependent.email.email_id)] as const,
  );
  return { emails: emails.sort(byFirstDeadline), dependents: new Map(idsOfDependents) };
}

/** How much longer than expected an email may take that is sent just in time, in milliseconds. */
const safetyMs = 2_000;

const latestSafeStart = (deadline: number, serviceMs: number): number =>
  deadline - 2 * serviceMs - safetyMs;

/** Emails that the plan gives up come last. */
const firstOf = ({ deadlines }: StoredEmail): number => deadlines[0] ?? Number.MAX_VALUE;

const byFirstDeadline = (a: StoredEmail, b: StoredEmail): number =>
  firstOf(a) - firstOf(b) || (a.email_id < b.email_id ? -1 : 1);

/** The emails that are not answered, as they are stored: failed, with the reason. */
export const failedEmails = (
  aside: readonly SetAside[],
  { tenant_id, run_id }: Pick<StoredRun, 'tenant_id' | 'run_id'>,
  nowMs: number,
): UnreadableEmail[] =>
  aside.map(({ email_id, given: { deadline, subject = '', body = '', ...given }, reason }) => ({
    tenant_id,
    run_id,
    email_id,
    mailbox_id: (given.email_id ?? email_id).slice(0, maxIdChars).toWellFormed(),
    // A text that is longer than an email may be is not kept.
    subject: subject.length > emailChars ? '' : subject,
    body: body.length > emailChars ? '' : body,
    ...(deadline !== undefined && { deadline_at: dueAt(deadline, nowMs) }),
    deadlines: [],
    spare: [],
    dependencies: [],
    has_dependents: false,
    state: 'failed',
    lease_until: 0,
    attempts: 0,
    reason,
    failed_at: nowMs,
  }));

const maxIdChars = 256;
const maxMsAhead = 100 * 31_536_000_000;

/** Bounded, as a deadline that was refused may be further away than a date can say. */
const dueAt = (seconds: number, nowMs: number): number =>
  nowMs + Math.max(-maxMsAhead, Math.min(maxMsAhead, seconds * 1000));
