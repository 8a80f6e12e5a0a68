import type { DependencyKind } from '../../lambdas/email-deadlines/work/deadlines.ts';
import { upperBound } from './bound.ts';
import { mostOnTime } from './exact.ts';
import { type Instance, makeInstance } from './instance.ts';
import type { ServiceLaw } from './laws.ts';
import { onTime, type PolicyName, policyNames, simulate } from './simulate.ts';

/** Emails on time over many instances: of each policy, of the exact optimum where it was asked for, and of the bound. */
export interface Tally {
  instances: number;
  emails: number;
  byPolicy: Record<PolicyName, number>;
  exact: number;
  bound: number;
}

/** How many emails and workers, and by how many seeds. */
export interface Size {
  count: number;
  workers: number;
  seeds: number;
}

export const loads = [0.6, 0.95, 1.4] as const;
const dependentShapes = ['chain', 'fan-in', 'fan-out', 'layered', 'random'] as const;

/** Small enough for the exact optimum. */
export const smallSizes: readonly Size[] = [
  { count: 6, workers: 1, seeds: 10 },
  { count: 8, workers: 2, seeds: 10 },
  { count: 10, workers: 1, seeds: 10 },
  { count: 10, workers: 2, seeds: 10 },
  { count: 12, workers: 1, seeds: 10 },
  { count: 12, workers: 2, seeds: 10 },
  { count: 12, workers: 3, seeds: 10 },
];

export const middleSizes: readonly Size[] = [
  { count: 20, workers: 1, seeds: 10 },
  { count: 20, workers: 4, seeds: 10 },
  { count: 200, workers: 4, seeds: 5 },
  { count: 200, workers: 16, seeds: 5 },
];

export const largeSizes: readonly Size[] = [
  { count: 1_000, workers: 16, seeds: 2 },
  { count: 1_000, workers: 64, seeds: 2 },
  { count: 10_000, workers: 256, seeds: 1 },
];

/** The instances of these sizes, each over all shapes that have dependencies. */
export function* instances(
  sizes: readonly Size[],
  load: number,
  kind: DependencyKind,
  law: ServiceLaw,
): Generator<Instance> {
  for (const { seeds, ...size } of sizes) {
    for (const shape of dependentShapes) {
      for (let seed = 1; seed <= seeds; seed += 1) {
        yield makeInstance({ ...size, shape, load, kind, law, seed });
      }
    }
  }
}

/** Sums up; `exactly` computes the optimum too, which only small instances bear. */
export function tally(all: Iterable<Instance>, { exactly = false } = {}): Tally {
  const sum: Tally = {
    instances: 0,
    emails: 0,
    byPolicy: { fifo: 0, 'earliest deadline': 0, specification: 0, ours: 0 },
    exact: 0,
    bound: 0,
  };
  for (const instance of all) {
    sum.instances += 1;
    sum.emails += instance.count;
    for (const name of policyNames) sum.byPolicy[name] += onTime(simulate(instance, name));
    if (exactly) sum.exact += mostOnTime(instance);
    sum.bound += upperBound(instance);
  }
  return sum;
}
