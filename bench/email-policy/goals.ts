import type { DependencyKind } from '../../lambdas/email-deadlines/work/deadlines.ts';
import type { ServiceLaw } from './laws.ts';
import type { Tally } from './tally.ts';

/** One row of the tables: what came of all instances of these sizes. */
export interface Row {
  sizes: 'small' | 'middle' | 'large';
  law: ServiceLaw;
  kind: DependencyKind;
  load: number;
  sum: Tally;
}

/** Figures that are measured once. */
export interface Singles {
  lateWithAmpleWorkers: number;
  oneChain: number;
  tenChains: number;
  /** What an email costs among 100,000, as a multiple of what it costs among 1,000. */
  decisionGrowth: number;
  heapGrowth: number;
}

export interface Goal {
  says: string;
  side: 'at least' | 'at most';
  bound: number;
  reached: number;
}

export const isReached = ({ side, bound, reached }: Goal): boolean =>
  side === 'at least' ? reached >= bound : reached <= bound;

/** What the policy is to reach, and what it has reached. The baseline is plain earliest deadline first. */
export function goalsOf(rows: readonly Row[], singles: Singles): Goal[] {
  const of = (wanted: Partial<Row>) =>
    rows.filter((row) =>
      Object.entries(wanted).every(([name, value]) => row[name as keyof Row] === value),
    );
  const busy = { law: 'bounded', load: 0.95 } as const;
  const least = (some: Row[], ratio: (sum: Tally) => number) =>
    Math.min(...some.map(({ sum }) => ratio(sum)));
  const most = (some: Row[], ratio: (sum: Tally) => number) =>
    Math.max(...some.map(({ sum }) => ratio(sum)));
  return [
    {
      says: 'late at load 0.95, of those late by plain earliest deadline first (20 and 200 emails)',
      side: 'at most',
      bound: 0.5,
      reached: most(of({ ...busy, sizes: 'middle' }), lateOfPlain),
    },
    {
      says: 'on time, of plain earliest deadline first, in each row',
      side: 'at least',
      bound: 1,
      reached: least([...rows], ({ byPolicy }) => byPolicy.ours / byPolicy['earliest deadline']),
    },
    {
      says: 'on time, of first in, first out, in each row',
      side: 'at least',
      bound: 1,
      reached: least([...rows], ({ byPolicy }) => byPolicy.ours / byPolicy.fifo),
    },
    {
      says: 'on time at load 0.95, of the exact optimum (6 to 12 emails)',
      side: 'at least',
      bound: 0.97,
      reached: least(
        of({ ...busy, sizes: 'small' }),
        ({ byPolicy, exact }) => byPolicy.ours / exact,
      ),
    },
    {
      says: 'on time, of the specification’s policy (up to 200 emails)',
      side: 'at least',
      bound: 2.5,
      reached: least(
        [...of({ law: 'bounded', sizes: 'small' }), ...of({ law: 'bounded', sizes: 'middle' })],
        ({ byPolicy }) => byPolicy.ours / byPolicy.specification,
      ),
    },
    {
      says: 'late with a worker for each email',
      side: 'at most',
      bound: 0,
      reached: singles.lateWithAmpleWorkers,
    },
    {
      says: 'one chain of ten in order, of its time in content',
      side: 'at most',
      bound: 0.3,
      reached: singles.oneChain,
    },
    {
      says: 'ten chains of ten in order, of their time in content',
      side: 'at most',
      bound: 0.3,
      reached: singles.tenChains,
    },
    {
      says: 'a decision among 100,000, of one among 1,000',
      side: 'at most',
      bound: 2,
      reached: singles.decisionGrowth,
    },
    {
      says: 'the heap among 100,000, of that among 1,000',
      side: 'at most',
      bound: 5,
      reached: singles.heapGrowth,
    },
  ];
}

const lateOfPlain = ({ emails, byPolicy }: Tally): number =>
  (emails - byPolicy.ours) / (emails - byPolicy['earliest deadline']);
