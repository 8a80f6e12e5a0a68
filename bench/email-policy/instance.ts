import {
  type DatedEmail,
  type DependencyKind,
  deadlinesAtStake,
  earliestSends,
} from '../../lambdas/email-deadlines/work/deadlines.ts';
import { checkGraph, type DependencyGraph } from '../../lambdas/email-deadlines/work/graph.ts';
import { dependencyGraph, type Shape } from '../email-runs/graphs.ts';
import { seededRandom } from '../seeded-random.ts';
import { type ServiceLaw, serviceLaws } from './laws.ts';

/** What an instance is made from; the same conditions make the same instance. */
export interface Conditions {
  shape: Shape;
  count: number;
  workers: number;
  /**
   * The share of the workers' time up to a deadline that the work due by then takes at mean service
   * times, where it is largest (the demand of Baruah, Rosier and Howell, 1990), or the share of the
   * time until a deadline that its email's critical path takes, where that is larger.
   */
  load: number;
  kind: DependencyKind;
  law: ServiceLaw;
  seed: number;
}

/** Emails with deadlines, and what each will take: policies learn it only when it is over. */
export interface Instance extends Conditions {
  graph: DependencyGraph<DatedEmail>;
  /** By email_id, in milliseconds. */
  serviceMs: ReadonlyMap<string, number>;
}

const chainLength = 10;

/**
 * Emails that all arrive at 0, with deadlines spread evenly between their own critical path and the
 * time in which all the work fits, regardless of what waits for them, and then stretched or
 * squeezed together to the load. Chains are 10 long.
 */
export function makeInstance(conditions: Conditions): Instance {
  const random = seededRandom(conditions.seed);
  const emails = graphOf(conditions, random).map((needed, index) => ({
    email_id: idOf(index),
    dependencies: needed.map(idOf),
    deadline_at: 0,
  }));
  const graph = soundGraph(emails);
  setDeadlines(graph, conditions, random);
  const { draw } = serviceLaws[conditions.law];
  const serviceMs = new Map(emails.map((one) => [one.email_id, draw(random)]));
  return { ...conditions, graph, serviceMs };
}

/** The graph of emails that are known to be sound. */
export function soundGraph(emails: readonly DatedEmail[]): DependencyGraph<DatedEmail> {
  const check = checkGraph(emails);
  if (check.kind === 'sound') return check.graph;
  throw new RangeError(check.faults.map(({ message }) => message).join(' '));
}

const idOf = (index: number): string => `e${String(index).padStart(5, '0')}`;

function graphOf({ shape, count }: Conditions, random: () => number): number[][] {
  const graph = dependencyGraph(shape, count, random);
  if (shape !== 'chain') return graph;
  return graph.map((needed, index) => (index % chainLength === 0 ? [] : needed));
}

function setDeadlines(
  graph: DependencyGraph<DatedEmail>,
  { workers, load, kind, law }: Conditions,
  random: () => number,
): void {
  const { meanMs } = serviceLaws[law];
  const paths = earliestSends(graph, { kind, serviceMs: meanMs, gapMs: 0 }, 0);
  const longest = [...paths.values()].reduce((a, b) => Math.max(a, b), 0);
  const horizon = Math.max(longest, (graph.order.length * meanMs) / workers);
  for (const { email } of graph.order) {
    const path = paths.get(email.email_id) ?? 0;
    email.deadline_at = path + (horizon - path) * random();
  }
  const factor = demand(graph, paths, meanMs / workers) / load;
  for (const { email } of graph.order) email.deadline_at *= factor;
}

/** The load of the deadlines as they are. What an email waits for is due when it is. */
function demand(
  graph: DependencyGraph<DatedEmail>,
  paths: ReadonlyMap<string, number>,
  shareMs: number,
): number {
  const due = deadlinesAtStake(graph, { kind: 'order', serviceMs: 0, gapMs: 0 });
  const byTime = [...due.values()].map(([first = 0]) => first).sort((a, b) => a - b);
  const ofWork = byTime.map((deadline, index) => ((index + 1) * shareMs) / deadline);
  const ofPaths = graph.order.map(
    ({ email }) => (paths.get(email.email_id) ?? 0) / email.deadline_at,
  );
  return [...ofWork, ...ofPaths].reduce((a, b) => Math.max(a, b), 0);
}
