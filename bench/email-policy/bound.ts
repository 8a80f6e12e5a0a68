import TinyQueue from 'tinyqueue';
import type { Instance } from './instance.ts';

/**
 * No schedule has more emails on time than this, not even one that knows the future: of those whose
 * critical path ends before their deadline, as many as one worker could serve that is as fast as all
 * workers together and ignores the dependencies (Moore and Hodgson's rule, 1968).
 */
export function upperBound(instance: Instance): number {
  const { workers, serviceMs } = instance;
  const earliest = earliestSends(instance);
  const possible = [...instance.graph.byId.values()]
    .map(({ email }) => email)
    .filter((email) => (earliest.get(email.email_id) ?? 0) <= email.deadline_at)
    .sort((a, b) => a.deadline_at - b.deadline_at);
  const kept = new TinyQueue<number>([], (a, b) => b - a);
  let doneMs = 0;
  for (const { email_id, deadline_at } of possible) {
    const shareMs = (serviceMs.get(email_id) ?? 0) / workers;
    kept.push(shareMs);
    doneMs += shareMs;
    if (doneMs > deadline_at) doneMs -= kept.pop() ?? 0;
  }
  return kept.length;
}

/** By email_id when each would be sent if there were a worker for each. */
function earliestSends({ graph, kind, serviceMs }: Instance): Map<string, number> {
  const sends = new Map<string, number>();
  for (const { email, parents } of graph.order) {
    const ownMs = serviceMs.get(email.email_id) ?? 0;
    const before = parents.map((one) => sends.get(one.email.email_id) ?? 0);
    const last = before.reduce((a, b) => Math.max(a, b), 0);
    sends.set(email.email_id, kind === 'content' ? last + ownMs : Math.max(last, ownMs));
  }
  return sends;
}
