import type { DependencyKind } from '../../lambdas/email-deadlines/domain/deadlines.ts';
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

/** Which emails are on time under which policy, on a virtual clock and fixed seeds; each line as soon as it is known. */
export function emailPolicy(): void {
  console.log('Emails on time in percent, over chains, fan-in, fan-out, layers and random graphs.');
  table('6 to 12 emails, 1 to 3 workers', smallSizes, true);
  table('20 and 200 emails, 1 to 16 workers', middleSizes, false);
  table('1,000 and 10,000 emails, 16 to 256 workers', largeSizes, false);
  singleFigures();
}

const headings = [
  'service',
  'kind',
  'load',
  ...policyNames,
  'exact',
  'bound',
  'of exact',
  '× spec',
];

function table(title: string, sizes: readonly Size[], exactly: boolean): void {
  console.log(`\n${title}\n`);
  console.log(line(headings));
  console.log(line(headings.map(() => '---')));
  for (const law of laws) {
    for (const kind of kinds) {
      for (const load of loads) {
        const sum = tally(instances(sizes, load, kind, law), { exactly });
        console.log(line([law, kind, load, ...figures(sum, exactly)]));
      }
    }
  }
}

function figures({ emails, byPolicy, exact, bound }: Tally, exactly: boolean): string[] {
  return [
    ...policyNames.map((name) => percent(byPolicy[name] / emails)),
    exactly ? percent(exact / emails) : '',
    percent(bound / emails),
    exactly ? percent(byPolicy.ours / exact) : '',
    (byPolicy.ours / byPolicy.specification).toFixed(2),
  ];
}

function singleFigures(): void {
  console.log(
    '\nLate with a worker for each of 1,000 emails, no dependencies, deadlines at least twice as far as needed:',
  );
  for (const name of policyNames)
    console.log(`  ${name}: ${percent(lateWithAmpleWorkers(name))} %`);
  console.log(
    `Chains of 10, sends in order: ${orderToContent(10, 10).toFixed(2)} (one chain), ${orderToContent(100, 64).toFixed(2)} (10 chains, 64 workers) of the time that content takes.`,
  );
  const [small, large] = [heapMicroseconds(1_000), heapMicroseconds(100_000)];
  console.log(
    `Heap: ${small.toFixed(2)} µs per email at 1,000, ${large.toFixed(2)} µs at 100,000.`,
  );
  const [few, many] = [decisionMicroseconds(1_000), decisionMicroseconds(100_000)];
  console.log(
    `Decision: ${few.toFixed(1)} µs per email at 1,000, ${many.toFixed(1)} µs at 100,000.`,
  );
}

const percent = (share: number): string => (share * 100).toFixed(1);
const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
