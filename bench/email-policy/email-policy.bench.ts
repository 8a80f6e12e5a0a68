import type { DependencyKind } from '../../lambdas/email-deadlines/work/deadlines.ts';
import { type Goal, goalsOf, isReached, type Row, type Singles } from './goals.ts';
import { decisionMicroseconds, heapMicroseconds } from './heap-speed.ts';
import type { ServiceLaw } from './laws.ts';
import { policyNames } from './simulate.ts';
import { lateWithAmpleWorkers, orderToContent } from './single-figures.ts';
import {
  instances,
  largeSizes,
  loads,
  middleSizes,
  type Size,
  smallSizes,
  type Tally,
  tally,
} from './tally.ts';

const laws: readonly ServiceLaw[] = ['bounded', 'heavy', 'constant'];
const kinds: readonly DependencyKind[] = ['content', 'order'];

/**
 * Which emails are on time under which policy, on a virtual clock and fixed seeds; each line as soon as it is known.
 * At the end the comparison with plain earliest deadline first, and whether the goals are reached.
 */
export function emailPolicy(): void {
  console.log('Emails on time in percent, over chains, fan-in, fan-out, layers and random graphs.');
  const rows = [
    ...table('6 to 12 emails, 1 to 3 workers', 'small', smallSizes),
    ...table('20 and 200 emails, 1 to 16 workers', 'middle', middleSizes),
    ...table('1,000 and 10,000 emails, 16 to 256 workers', 'large', largeSizes),
  ];
  const singles = singleFigures();
  printHeadline(rows);
  printGoals(goalsOf(rows, singles));
}

const headings = [
  'service',
  'kind',
  'load',
  ...policyNames,
  'exact',
  'bound',
  'of exact',
  'over earliest deadline',
];

/** Prints the rows of these sizes; the exact optimum is for small ones. */
function table(title: string, name: Row['sizes'], sizes: readonly Size[]): Row[] {
  console.log(`\n${title}\n`);
  console.log(line(headings));
  console.log(line(headings.map(() => '---')));
  const exactly = name === 'small';
  const rows: Row[] = [];
  for (const law of laws) {
    for (const kind of kinds) {
      for (const load of loads) {
        const sum = tally(instances(sizes, load, kind, law), { exactly });
        console.log(line([law, kind, load, ...figures(sum, exactly)]));
        rows.push({ sizes: name, law, kind, load, sum });
      }
    }
  }
  return rows;
}

function figures({ emails, byPolicy, exact, bound }: Tally, exactly: boolean): string[] {
  return [
    ...policyNames.map((name) => percent(byPolicy[name] / emails)),
    exactly ? percent(exact / emails) : '',
    percent(bound / emails),
    exactly ? percent(byPolicy.ours / exact) : '',
    `+${percent((byPolicy.ours - byPolicy['earliest deadline']) / emails)}`.replace('+-', '-'),
  ];
}

function singleFigures(): Singles {
  console.log(
    '\nLate with a worker for each of 1,000 emails, no dependencies, deadlines at least twice as far as needed:',
  );
  for (const name of policyNames)
    console.log(`  ${name}: ${percent(lateWithAmpleWorkers(name))} %`);
  const [oneChain, tenChains] = [orderToContent(10, 10), orderToContent(100, 64)];
  console.log(
    `Chains of 10, sends in order: ${oneChain.toFixed(2)} (one chain), ${tenChains.toFixed(2)} (10 chains, 64 workers) of the time that content takes.`,
  );
  const [small, large] = [heapMicroseconds(1_000), heapMicroseconds(100_000)];
  console.log(
    `Heap: ${small.toFixed(2)} µs per email at 1,000, ${large.toFixed(2)} µs at 100,000.`,
  );
  const [few, many] = [decisionMicroseconds(1_000), decisionMicroseconds(100_000)];
  console.log(
    `Decision: ${few.toFixed(1)} µs per email at 1,000, ${many.toFixed(1)} µs at 100,000.`,
  );
  return {
    lateWithAmpleWorkers: lateWithAmpleWorkers('ours'),
    oneChain,
    tenChains,
    decisionGrowth: many / few,
    heapGrowth: large / small,
  };
}

/** Ours beside plain earliest deadline first, where service times are the specification's. */
function printHeadline(rows: readonly Row[]): void {
  console.log('\nLate emails in percent, by plain earliest deadline first and by ours:');
  for (const { sizes, kind, load, sum } of rows.filter(({ law }) => law === 'bounded')) {
    const [plain, ours] = (['earliest deadline', 'ours'] as const).map((name) =>
      percent(1 - sum.byPolicy[name] / sum.emails),
    );
    console.log(`  ${sizes}, ${kind}, load ${load}: ${plain} and ${ours}`);
  }
}

function printGoals(goals: readonly Goal[]): void {
  console.log();
  for (const goal of goals) {
    const verdict = isReached(goal) ? 'ok' : 'missed';
    console.log(`${verdict}: ${goal.says} ${goal.reached.toFixed(2)}, ${goal.side} ${goal.bound}`);
  }
}

const percent = (share: number): string => (share * 100).toFixed(1);
const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
