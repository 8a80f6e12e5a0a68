import { type DatedEmail, type DependencyKind, deadlinesAtStake } from './deadlines.ts';
import type { DependencyGraph } from './graph.ts';
import { selectFeasible } from './select-feasible.ts';
import type { ServiceTimes } from './service-times.ts';

/** What decides when an email has its turn: deadlines in milliseconds, ascending, at most 8 in each list. */
export interface Priority {
  /** The deadlines that the run plans to meet. */
  deadlines: readonly number[];
  /** All deadlines, including those that the plan gives up; they are met if there is time left. */
  bestEffortDeadlines: readonly number[];
}

/** A run as it is planned before it begins. */
export interface RunToPlan {
  kind: DependencyKind;
  workers: number;
  startMs: number;
  gapMs?: number;
}

/** The plan counts on the median; slower emails are made up for by quicker ones. */
const planningShare = 0.5;

/** By email_id the priority of each email. It is computed once, when the run begins. */
export function prioritiesOf(
  graph: DependencyGraph<DatedEmail>,
  run: RunToPlan,
  times: ServiceTimes,
): Map<string, Priority> {
  const pace = { ...run, serviceMs: times.percentile(planningShare) };
  const cautiousPace = { ...run, serviceMs: times.estimate().p75Ms };
  const selected = selectFeasible(graph, pace, run.startMs, run.workers);
  const deadlines = deadlinesAtStake(graph, cautiousPace, (id) => selected.has(id));
  return new Map(
    [...deadlinesAtStake(graph, cautiousPace)].map(([id, bestEffortDeadlines]) => [
      id,
      { deadlines: deadlines.get(id) ?? [], bestEffortDeadlines },
    ]),
  );
}
