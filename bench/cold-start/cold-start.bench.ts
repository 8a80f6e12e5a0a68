import { goalsOf } from './goals.ts';
import { type Comparison, compareStarts } from './measure.ts';

const rounds = 15;

/** Prints how the functions start as shipped and naively bundled, and whether the goals are reached. */
export async function coldStart(): Promise<void> {
  console.log(
    `Each function as shipped / naive / ratio; medians of ${rounds} fresh processes each, in alternation.\n`,
  );
  console.log('| Function | Naive one | kB | Load, ms | Peak memory, MB |');
  console.log('| --- | --- | --- | --- | --- |');
  const comparisons: Comparison[] = [];
  for await (const comparison of compareStarts(rounds)) {
    comparisons.push(comparison);
    console.log(rowOf(comparison));
  }
  console.log();
  for (const { says, atMost, reached } of goalsOf(comparisons)) {
    const verdict = reached <= atMost ? 'ok' : 'missed';
    console.log(`${verdict}: load of ${says} ${reached.toFixed(2)}, at most ${atMost}`);
  }
}

function rowOf({ name, written, shipped, naive, ratio }: Comparison): string {
  const cell = (of: keyof typeof shipped, shown: (value: number) => string) =>
    `${shown(shipped[of])} / ${shown(naive[of])} / ${ratio[of].toFixed(2)}`;
  const whole = (value: number) => value.toFixed(0);
  const columns = [
    name,
    written ? 'written' : 'our code',
    cell('bytes', (bytes) => whole(bytes / 1000)),
    cell('loadMs', whole),
    cell('peakMb', whole),
  ];
  return `| ${columns.join(' | ')} |`;
}
