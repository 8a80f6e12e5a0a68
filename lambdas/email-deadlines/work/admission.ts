import { earliestSends } from './affordable.ts';
import type { DatedEmail, Pace } from './deadlines.ts';
import type { DependencyGraph } from './graph.ts';
import { ServiceTimes } from './learned-times.ts';
import { NeediestFirst } from './neediest-first.ts';
import { timetable } from './timetable.ts';

/** An email whose deadline will not be met, and when it would be sent instead; milliseconds on the deadlines' clock. */
export interface Lateness {
  email_id: string;
  deadline_at: number;
  earliest_at: number;
}

/** The emails that not even infinitely many workers that begin now could answer in time. */
export function unmeetable(
  graph: DependencyGraph<DatedEmail>,
  pace: Pace,
  nowMs: number,
): Lateness[] {
  const earliest = earliestSends(graph, pace, nowMs);
  return graph.order.flatMap(({ email }) => lateness(email, earliest.get(email.email_id) ?? nowMs));
}

/** The emails that so many workers are expected to answer too late, by a run of this policy with one constant service time. */
export function atRisk(
  graph: DependencyGraph<DatedEmail>,
  pace: Pace,
  nowMs: number,
  workers: number,
): Lateness[] {
  const rules = { ...pace, workers, startMs: nowMs, serviceMs: () => pace.serviceMs };
  const policy = new NeediestFirst(graph, rules, new ServiceTimes([pace.serviceMs]));
  const slots = timetable(graph, rules, policy);
  return graph.order.flatMap(({ email }) =>
    lateness(email, slots.get(email.email_id)?.sentMs ?? Infinity),
  );
}

function lateness({ email_id, deadline_at }: DatedEmail, earliest_at: number): Lateness[] {
  return earliest_at > deadline_at ? [{ email_id, deadline_at, earliest_at }] : [];
}
