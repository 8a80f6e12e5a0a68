import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { intents } from '../../lambdas/leads/domain/insight.ts';
import { judge } from '../../lambdas/leads/domain/rules.ts';
import { calibrate } from './calibration.ts';
import { type Figures, figuresOf } from './figures.ts';
import { crossValidated, judgesFrom } from './judges.ts';
import { leadsFrom, sources, tuningLeads } from './leads.ts';
import { folds, tableFrom } from './table.ts';

/** How well the rules judge labelled leads that they were not made on, beside two baselines; `learn` makes them anew. */
export function triage(what?: string): void {
  if (what === 'learn') learn();
  else measure();
}

const table = path.join(import.meta.dirname, '../../lambdas/leads/domain/rules/learnt.json');

function learn(): void {
  const leads = tuningLeads();
  writeFileSync(table, `${JSON.stringify(tableFrom(leads), null, 2)}\n`);
  // The lexicon was made on the rest, and would look too sure there.
  const fresh = new Set([...leadsFrom('others'), ...leadsFrom('made')].map(({ note }) => note));
  console.log('Confidence by margin (lambdas/leads/domain/rules/confidence.ts):');
  const judged = folds(leads).filter(({ lead }) => fresh.has(lead.note));
  for (const { margin, right } of calibrate(judged))
    console.log(`  { margin: ${margin}, right: ${right} },`);
}

function measure(): void {
  const [tuning, unseen] = [tuningLeads(), leadsFrom('unseen')];
  const judges = judgesFrom(tuning);
  const all = Object.entries(judges).map(([name, each]) => ({
    name,
    figures: figuresOf(each, unseen),
  }));
  console.log(`In percent. ${unseen.length} notes that nothing was made on:\n`);
  printShares(all);
  const [rules] = all;
  if (rules) printDetails(rules.figures);
  console.log('\nNotes to tune on, each judged with what was learnt without it:\n');
  printShares(bySource(crossValidated(tuning)));
  console.log(`\nTime per note: ${microseconds(unseen.map(({ note }) => note)).toFixed(0)} µs.`);
}

function bySource(rules: ReturnType<typeof crossValidated>) {
  return sources.map((name) => ({ name, figures: figuresOf(rules, leadsFrom(name)) }));
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

const rounds = 50;

function microseconds(notes: readonly string[]): number {
  for (const note of notes) judge(note);
  const start = performance.now();
  for (let round = 0; round < rounds; round++) for (const note of notes) judge(note);
  return ((performance.now() - start) * 1_000) / (rounds * notes.length);
}

const percent = (share: number): string => (share * 100).toFixed(1);
const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
