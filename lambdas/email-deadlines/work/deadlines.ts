import type { DependencyGraph, DependingEmail, GraphEmail } from './graph.ts';

/** `order`: drafts are made in parallel and only the sends keep the order. `content`: an email is drafted after its parents are sent. */
export type DependencyKind = 'order' | 'content';

/** `deadline_at` is in milliseconds on the caller's clock. */
export interface DatedEmail extends DependingEmail {
  deadline_at: number;
}

/** How long things take in a run. `serviceMs` is how long one email occupies a worker, from its draft to its acknowledged send. */
export interface Pace {
  kind: DependencyKind;
  serviceMs: number;
  /** The least time between the acknowledged send of a parent and the send of its dependents. */
  gapMs?: number;
}

export const defaultGapMs = 0.1;

const maxDeadlines = 8;

/**
 * By email_id the moments, ascending and at most 8, by which the email must be done so that it and the emails that
 * wait for it are on time: its own deadline, and theirs minus the time in between (`content`: a service time for each
 * step, `order`: the gap). Once one has passed, the next says what can still be saved. Only emails that `counts` are
 * to be on time; an email that helps none of them has no deadline.
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
  if (ascending.length <= maxDeadlines) return ascending;
  const stride = (ascending.length - 1) / (maxDeadlines - 1);
  return Array.from({ length: maxDeadlines }, (_, index) =>
    Number(ascending[Math.round(index * stride)]),
  );
}

/** By email_id when each could be sent if only its dependencies held it back: the critical path from `nowMs`. */
export function earliestSends(
  graph: DependencyGraph<DatedEmail>,
  { kind, serviceMs, gapMs = defaultGapMs }: Pace,
  nowMs: number,
): Map<string, number> {
  const byId = new Map<string, number>();
  for (const { email, parents } of graph.order) {
    const sent = parents.map((parent) => byId.get(parent.email.email_id) ?? nowMs);
    const before = sent.reduce((a, b) => Math.max(a, b), nowMs);
    const drafted = (kind === 'content' ? before : nowMs) + serviceMs;
    byId.set(email.email_id, parents.length > 0 ? Math.max(drafted, before + gapMs) : drafted);
  }
  return byId;
}
