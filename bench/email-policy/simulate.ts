import type { DatedEmail, DependencyKind } from '../../lambdas/email-deadlines/work/deadlines.ts';
import type { DependencyGraph } from '../../lambdas/email-deadlines/work/graph.ts';
import { prioritiesOf } from '../../lambdas/email-deadlines/work/priorities.ts';
import { ServiceTimes } from '../../lambdas/email-deadlines/work/service-times.ts';
import {
  feasibleEdfPolicy,
  type Policy,
  type RunRules,
  type Slot,
  simulateSchedule,
} from '../../lambdas/email-deadlines/work/simulate-schedule.ts';
import { type Instance, soundGraph } from './instance.ts';
import { serviceLaws } from './laws.ts';
import { EarliestDeadline, FirstInFirstOut, SleepTowardsDeadline } from './policies.ts';

export const policyNames = ['fifo', 'earliest deadline', 'specification', 'ours'] as const;
export type PolicyName = (typeof policyNames)[number];

/** An email of a run that is to be predicted; times in milliseconds on one clock. */
export interface PredictedEmail extends DatedEmail {
  arrival_at: number;
}

export interface Prediction {
  kind: DependencyKind;
  workers: number;
  serviceMs(email: DatedEmail): number;
  assumedMs: readonly number[];
  policy?: PolicyName;
  gapMs?: number;
}

/** By email_id when each email of such a run is begun, drafted and sent, and whether in time. Begins with the first arrival. */
export function predictRun(
  emails: readonly PredictedEmail[],
  { assumedMs, policy = 'ours', ...world }: Prediction,
): Map<string, Slot> {
  const graph = soundGraph(emails);
  const arrivals = new Map(emails.map((email) => [email.email_id, email.arrival_at]));
  const startMs = emails.reduce((first, email) => Math.min(first, email.arrival_at), Infinity);
  const arrivalMs = (email: DatedEmail) => arrivals.get(email.email_id) ?? startMs;
  return run(policy, graph, { ...world, startMs, arrivalMs }, assumedMs);
}

/** How an instance goes under a policy. */
export function simulate(instance: Instance, name: PolicyName): Map<string, Slot> {
  const { graph, kind, workers, law } = instance;
  const serviceMs = ({ email_id }: DatedEmail) => instance.serviceMs.get(email_id) ?? 0;
  return run(name, graph, { kind, workers, startMs: 0, serviceMs }, serviceLaws[law].assumedMs);
}

/** The specification knows one kind only: an email enters its heap when all that it waits for are done. */
function run(
  name: PolicyName,
  graph: DependencyGraph<DatedEmail>,
  world: RunRules,
  assumedMs: readonly number[],
): Map<string, Slot> {
  const rules: RunRules = name === 'specification' ? { ...world, kind: 'content' } : world;
  return simulateSchedule(graph, rules, policyOf(name, graph, rules, assumedMs));
}

function policyOf(
  name: PolicyName,
  graph: DependencyGraph<DatedEmail>,
  rules: RunRules,
  assumedMs: readonly number[],
): Policy {
  switch (name) {
    case 'fifo':
      return new FirstInFirstOut();
    case 'earliest deadline':
      return new EarliestDeadline();
    case 'specification':
      return new SleepTowardsDeadline();
    case 'ours': {
      const times = new ServiceTimes(assumedMs);
      return feasibleEdfPolicy(prioritiesOf(graph, rules, times), times);
    }
    default:
      return name satisfies never;
  }
}

/** How many of a run's emails were on time. */
export const onTime = (slots: ReadonlyMap<string, Slot>): number =>
  [...slots.values()].filter((slot) => slot.onTime).length;
