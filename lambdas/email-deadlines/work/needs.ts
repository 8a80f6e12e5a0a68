import { affordable } from './affordable.ts';
import { type DatedEmail, type DependencyKind, deadlinesAtStake } from './deadlines.ts';
import type { DependencyGraph } from './graph.ts';
import type { ServiceTimes } from './learned-times.ts';
import type { Expected } from './ready-heap.ts';

/** The deadlines that decide when an email has its turn, in milliseconds, ascending, at most 8 of each. */
export interface Needs {
  /** Those that the run can afford to keep. */
  deadlines: readonly number[];
  /** Those of all emails, also of the ones that it was planned to give up. */
  spare: readonly number[];
}

/** A run as it is planned at its intake. */
export interface PlannedRun {
  kind: DependencyKind;
  workers: number;
  startMs: number;
  gapMs?: number;
}

/** An email whose deadline is nearer than what this share of emails takes is demoted; by as much deadlines are pushed back. */
export const safeShare = 0.75;

/** What is demoted keeps its turn if it can be met at this share and nobody else loses by it. */
export const luckyShare = 0.25;

/** The plan counts on the ordinary email; the slower ones are made up for by the quicker ones. */
const planningShare = 0.5;

/** What the heap is told of what was learned. */
export const expectedOf = (times: ServiceTimes): Expected => ({
  safeMs: times.percentile(safeShare),
  luckyMs: times.percentile(luckyShare),
});

/** By email_id what each email needs, known once and for all when the run begins. */
export function needsOf(
  graph: DependencyGraph<DatedEmail>,
  run: PlannedRun,
  times: ServiceTimes,
): Map<string, Needs> {
  const plan = { ...run, serviceMs: times.percentile(planningShare) };
  const safe = { ...run, serviceMs: times.percentile(safeShare) };
  const kept = affordable(graph, plan, run.startMs, run.workers);
  const deadlines = deadlinesAtStake(graph, safe, (id) => kept.has(id));
  const spare = deadlinesAtStake(graph, safe);
  return new Map(
    [...spare].map(([id, all]) => [id, { deadlines: deadlines.get(id) ?? [], spare: all }]),
  );
}
