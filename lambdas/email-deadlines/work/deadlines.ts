import type { DependencyGraph, DependingEmail, GraphEmail } from './graph.ts';

/** `order`: drafts are made in parallel and only the sends keep the order. `content`: drafting waits until the parents are sent. */
export type DependencyKind = 'order' | 'content';

/** `deadline_at` is in milliseconds since the epoch, or since whatever zero the caller's clock has. */
export interface DatedEmail extends DependingEmail {
  deadline_at: number;
}

/** What time takes in a run. `serviceMs` is what one email occupies a worker for, from its draft to its acknowledged send. */
export interface Pace {
  kind: DependencyKind;
  serviceMs: number;
  /** Least time between the acknowledged send of a parent and the send of its dependents. */
  gapMs?: number;
}

export const defaultGapMs = 0.1;

/** How many of an email's deadlines are kept; beyond that some of those in between are left out. */
const mostDeadlines = 8;

/**
 * By email_id the moments, ascending and at most 8, by which the email must be done so that it and
 * the emails behind it are on time: its own deadline, and theirs pushed back by what lies between
 * (`content`: a service time for each step, `order`: the gap). Once one has passed, the next says what
 * can still be saved. Only emails that `counts` are to be on time; one that helps none has none.
 */
export function deadlinesAtStake(
  graph: DependencyGraph<DatedEmail>,
  pace: Pace,
  counts: (email_id: string) => boolean = () => true,
): Map<string, number[]> {
  const stepMs = stepBetween(pace);
  const byId = new Map<string, number[]>();
  for (const node of graph.order.toReversed()) {
    const own = counts(node.email.email_id) ? [node.email.deadline_at] : [];
    byId.set(node.email.email_id, thinned(gathered(node, own, byId, stepMs)));
  }
  return byId;
}

/** By email_id the deadline pushed back through all that wait for it: the first of those at stake. */
export function propagatedDeadlines(
  graph: DependencyGraph<DatedEmail>,
  pace: Pace,
): Map<string, number> {
  const stepMs = stepBetween(pace);
  const byId = new Map<string, number>();
  for (const { email, dependents } of graph.order.toReversed()) {
    const behind = dependents.map((one) => (byId.get(one.email.email_id) ?? Infinity) - stepMs);
    byId.set(email.email_id, behind.reduce(earlier, email.deadline_at));
  }
  return byId;
}

const stepBetween = ({ kind, serviceMs, gapMs = defaultGapMs }: Pace): number =>
  kind === 'content' ? Math.max(serviceMs, gapMs) : gapMs;

function gathered(
  { dependents }: GraphEmail<DatedEmail>,
  own: readonly number[],
  byId: ReadonlyMap<string, number[]>,
  stepMs: number,
): number[] {
  const all = new Set(own);
  for (const dependent of dependents) {
    for (const deadline of byId.get(dependent.email.email_id) ?? []) all.add(deadline - stepMs);
  }
  return [...all].sort((a, b) => a - b);
}

/** The first, the last, and evenly chosen ones between them. */
function thinned(ascending: number[]): number[] {
  if (ascending.length <= mostDeadlines) return ascending;
  const stride = (ascending.length - 1) / (mostDeadlines - 1);
  return Array.from({ length: mostDeadlines }, (_, index) =>
    Number(ascending[Math.round(index * stride)]),
  );
}

const earlier = (a: number, b: number): number => Math.min(a, b);
