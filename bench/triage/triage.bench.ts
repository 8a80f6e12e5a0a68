import { performance } from 'node:perf_hooks';
import { intents } from '../../lambdas/leads/domain/insight.ts';
import { judge } from '../../lambdas/leads/domain/rules.ts';
import { calibrate } from './calibration.ts';
import { type Figures, figuresOf } from './figures.ts';
import { judgesFrom } from './judges.ts';
import { halfOf, type LabelledLead, leadsFrom, leadsOf, sources } from './leads.ts';

/** How well the rules judge labelled leads that they were not made on, beside two baselines. */
export function triage(): void {
  const [tuning, report] = [leadsOf('tune'), leadsOf('report')];
  const judges = judgesFrom(tuning);
  const on = (leads: readonly LabelledLead[]) =>
    Object.entries(judges).map(([name, each]) => ({ name, figures: figuresOf(each, leads) }));
  const all = on(report);
  const unseen = leadsFrom('unseen');
  console.log(
    `In percent. The report half, ${report.length} notes (${tuning.length} to tune on):\n`,
  );
  printShares(all);
  console.log(`\n${unseen.length} notes written after the rules were finished:\n`);
  printShares(on(unseen));
  const [rules] = all;
  if (rules) printDetails(rules.figures);
  printSources();
  console.log(`\nTime per note: ${microseconds(report.map(({ note }) => note)).toFixed(0)} µs.`);
  console.log(
    'Confidence by margin on the tuning half (lambdas/leads/domain/rules/confidence.ts):',
  );
  for (const { margin, right } of calibrate(tuning))
    console.log(`  { margin: ${margin}, right: ${right} },`);
}

const columns = [
  'intent',
  'macroF1',
  'priority',
  'priorityWithinOne',
  'nextAction',
  'allThree',
  'ece',
  'brier',
] as const;

function printShares(all: readonly { name: string; figures: Figures }[]): void {
  console.log(line(['', ...columns]));
  console.log(line(['', ...columns].map(() => '---')));
  for (const { name, figures } of all)
    console.log(line([name, ...columns.map((column) => percent(figures[column]))]));
}

function printDetails({ confusion, bins }: Figures): void {
  console.log('\nIntent: labelled (down), given by the rules (across).\n');
  console.log(line(['', ...intents]));
  console.log(line(['', ...intents].map(() => '---')));
  for (const labelled of intents)
    console.log(line([labelled, ...intents.map((given) => confusion[labelled][given])]));
  console.log('\nConfidence of the rules, said and come true.\n');
  console.log(line(['confidence from', 'notes', 'said', 'right']));
  console.log(line(['---', '---', '---', '---']));
  for (const { from, notes, said, right } of bins)
    console.log(line([from, notes, percent(said), percent(right)]));
}

function printSources(): void {
  console.log('\nIntent right by source, report half:');
  for (const source of sources) {
    const leads = leadsFrom(source).filter(({ note }) => halfOf(note) === 'report');
    console.log(`  ${source}: ${percent(figuresOf(judge, leads).intent)} of ${leads.length}`);
  }
}

const rounds = 50;

function microseconds(notes: readonly string[]): number {
  for (const note of notes) judge(note);
  const start = performance.now();
  for (let round = 0; round < rounds; round++) for (const note of notes) judge(note);
  return ((performance.now() - start) * 1_000) / (rounds * notes.length);
}

const percent = (share: number): string => (share * 100).toFixed(1);
const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
