import { isoTime } from '../../shared/clock.ts';
import type { EmailIn, RunView } from '../routes.ts';
import { atRisk, type Lateness, unmeetable } from './admission.ts';
import type { SetAside } from './answerable.ts';
import type { DatedEmail, Pace } from './deadlines.ts';
import { emailChars, type StoredEmail, type UnreadableEmail } from './email.ts';
import { checkGraph, type DependencyGraph } from './graph.ts';
import { ServiceTimes } from './learned-times.ts';
import { needsOf } from './needs.ts';
import type { StoredRun } from './run.ts';

/** What a run is assumed to need for an email before anything was measured, in milliseconds. */
export interface Expectation {
  serviceMs: number;
  gapMs: number;
}

/** The emails of a run, ready to be stored, in the order in which they are needed. */
export interface PreparedRun {
  emails: StoredEmail[];
  dependents: Map<string, string[]>;
  admission: Pick<StoredRun, 'cannot_be_met' | 'at_risk'>;
}

export type Preparation =
  | { kind: 'sound'; prepared: PreparedRun }
  | { kind: 'faulty'; faults: string[] };

type GivenEmail = EmailIn & Pick<StoredEmail, 'mailbox_id' | 'notes'>;
type Dated = GivenEmail & DatedEmail;

/** How much longer than expected an email may take that is sent just in time, in milliseconds. */
const safetyMs = 2_000;
const mostNamed = 100;
/** The list-scheduling estimate is for a person who reads it; beyond that it would cost seconds. */
const mostEstimated = 20_000;

/**
 * Checks the emails of a run as a whole, pushes their deadlines back through the dependencies, and says
 * which cannot be met. Deadlines count from `nowMs`, the moment of the fetch.
 */
export function prepareRun(
  given: readonly GivenEmail[],
  run: Pick<StoredRun, 'tenant_id' | 'run_id' | 'dependency_kind' | 'send' | 'concurrency_limit'>,
  { serviceMs, gapMs }: Expectation,
  nowMs: number,
): Preparation {
  const dated = given.map((email) => ({
    ...email,
    dependencies: email.dependencies ?? [],
    deadline_at: nowMs + email.deadline * 1000,
  }));
  const checked = checkGraph<Dated & { dependencies: string[] }>(dated);
  if (checked.kind === 'faulty') {
    return { kind: 'faulty', faults: checked.faults.map(({ message }) => message) };
  }
  const pace: Pace = { kind: run.dependency_kind, serviceMs, gapMs };
  const { graph } = checked;
  const plan = { ...pace, workers: run.concurrency_limit, startMs: nowMs };
  const needs = needsOf(graph, plan, new ServiceTimes([serviceMs]));
  const emails = graph.order.map(({ email, dependents }) => {
    const { deadlines, spare } = needs.get(email.email_id) ?? { deadlines: [], spare: [] };
    return {
      tenant_id: run.tenant_id,
      run_id: run.run_id,
      email_id: email.email_id,
      ...(email.mailbox_id !== undefined && { mailbox_id: email.mailbox_id }),
      ...(email.notes && email.notes.length > 0 && { notes: email.notes }),
      subject: email.subject,
      body: email.body,
      deadline_at: email.deadline_at,
      deadlines: [...deadlines],
      spare: [...spare],
      ...(run.send === 'just_in_time' && {
        release_at: releaseAt(spare[0] ?? email.deadline_at, serviceMs),
      }),
      dependencies: email.dependencies,
      has_dependents: dependents.length > 0,
      ...(email.dependencies.length > 0 && { waiting_for: new Set(email.dependencies) }),
      state: 'waiting' as const,
      lease_until: 0,
      attempts: 0,
    };
  });
  const dependents = new Map(
    graph.order.map((node) => [
      node.email.email_id,
      node.dependents.map(({ email }) => email.email_id),
    ]),
  );
  const admission = admissionOf(graph, pace, nowMs, run.concurrency_limit);
  return {
    kind: 'sound',
    prepared: { emails: emails.sort(neediestFirst), dependents, admission },
  };
}

/** The emails of a run that are not answered, ready to be stored as failed. */
export const failedEmails = (
  aside: readonly SetAside[],
  { tenant_id, run_id }: Pick<StoredRun, 'tenant_id' | 'run_id'>,
  nowMs: number,
): UnreadableEmail[] =>
  aside.map(({ email_id, given: { deadline, subject = '', body = '', ...given }, reason }) => ({
    tenant_id,
    run_id,
    email_id,
    mailbox_id: (given.email_id ?? email_id).slice(0, mostIdChars).toWellFormed(),
    // What is larger than an email may be is not kept.
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

const mostIdChars = 256;
const farMs = 100 * 31_536_000_000;

/** A deadline that is refused for being far away may be none that a date can say. */
const dueAt = (seconds: number, nowMs: number): number =>
  nowMs + Math.max(-farMs, Math.min(farMs, seconds * 1000));

/** As late as is safe. */
const releaseAt = (first: number, serviceMs: number): number => first - 2 * serviceMs - safetyMs;

/** Those that were planned to be given up come last. */
const firstOf = ({ deadlines }: StoredEmail): number => deadlines[0] ?? Number.MAX_VALUE;

const neediestFirst = (a: StoredEmail, b: StoredEmail): number =>
  firstOf(a) - firstOf(b) || (a.email_id < b.email_id ? -1 : 1);

function admissionOf(
  graph: DependencyGraph<Dated & { dependencies: string[] }>,
  pace: Pace,
  nowMs: number,
  workers: number,
): PreparedRun['admission'] {
  const impossible = unmeetable(graph, pace, nowMs);
  const risky = graph.order.length > mostEstimated ? [] : atRisk(graph, pace, nowMs, workers);
  return {
    cannot_be_met: impossible.slice(0, mostNamed).map(({ email_id, ...late }) =>
      // By the id that its company knows, which is not always the run's.
      viewOf({ ...late, email_id: graph.byId.get(email_id)?.email.mailbox_id ?? email_id }),
    ),
    at_risk: Math.max(0, risky.length - impossible.length),
  };
}

const viewOf = ({
  email_id,
  deadline_at,
  earliest_at,
}: Lateness): RunView['cannot_be_met'][number] => ({
  email_id,
  deadline_at: isoTime(deadline_at),
  earliest_at: isoTime(earliest_at),
});
