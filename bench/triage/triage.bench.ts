import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { intents } from '../../lambdas/leads/work/insight.ts';
import { classify } from '../../lambdas/leads/work/rules.ts';
import { calibrate } from './calibration.ts';
import { classifiersFrom, crossValidated } from './classifiers.ts';
import { type Figures, figuresOf } from './figures.ts';
import { type LabelledLead, leadsFrom, leadsOf, sources, tuningLeads } from './leads.ts';
import { folds, tableFrom } from './table.ts';

/**
 * How well the rules classify labelled leads that they were not made on, beside two baselines; `learn` makes them again, and a
 * file of labelled leads is classified in place of those.
 */
export function triage(what?: string): void {
  if (what === 'learn') learn();
  else if (what) report(what, leadsOf(what));
  else measure();
}

const freshSources = ['others', 'made', 'plain', 'taught'] as const;
const table = path.join(import.meta.dirname, '../../lambdas/leads/work/rules/learnt.json');

function learn(): void {
  const leads = tuningLeads();
  writeFileSync(table, `${JSON.stringify(tableFrom(leads), null, 1)}\n`);
  // The lexicon was made on the rest, and would look too sure there.
  const fresh = new Set(freshSources.flatMap(leadsFrom).map(({ note }) => note));
  console.log('Confidence by share (lambdas/leads/work/rules/confidence.ts):');
  const classified = folds(leads).filter(({ lead }) => fresh.has(lead.note));
  for (const { share, right } of calibrate(classified))
    console.log(`  { share: ${share}, right: ${right} },`);
}

function measure(): void {
  const unseen = leadsFrom('unseen');
  report(`notes that nothing was made on`, unseen);
  console.log('\nNotes to tune on, each classified with what was learnt without it:\n');
  printShares(bySource(crossValidated(tuningLeads())));
  console.log(`\nTime per note: ${microseconds(unseen.map(({ note }) => note)).toFixed(0)} µs.`);
}

function report(what: string, leads: readonly LabelledLead[]): void {
  const all = Object.entries(classifiersFrom(tuningLeads())).map(([name, each]) => ({
    name,
    figures: figuresOf(each, leads),
  }));
  console.log(`In percent. ${leads.length} ${what}:\n`);
  printShares(all);
  const [rules] = all;
  if (!rules) return;
  printGoals(rules.figures);
  printDetails(rules.figures);
}

/** What the rules are to reach on notes that nothing was made on. */
const goals: readonly { figure: Column; what: string; least?: number; most?: number }[] = [
  { figure: 'allThree', what: 'intent, priority and action right', least: 0.7 },
  { figure: 'urgentFound', what: 'P0 found', least: 0.85 },
  { figure: 'spamAsBuy', what: 'spams taken for buyers', most: 2 / 22 },
  { figure: 'ece', what: 'calibration error of the confidence', most: 0.05 },
];

function printGoals(figures: Figures): void {
  console.log('\nGoals:\n');
  for (const { figure, what, least = 0, most = 1 } of goals) {
    const reached = figures[figure] >= least && figures[figure] <= most;
    const bound = least ? `at least ${percent(least)}` : `at most ${percent(most)}`;
    console.log(`${reached ? 'pass' : 'FAIL'}  ${what}: ${percent(figures[figure])}, ${bound}`);
  }
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
  'urgentFound',
  'spamAsBuy',
  'ece',
  'brier',
] as const;
type Column = (typeof columns)[number];

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
  for (const note of notes) classify(note);
  const start = performance.now();
  for (let round = 0; round < rounds; round++) for (const note of notes) classify(note);
  return ((performance.now() - start) * 1_000) / (rounds * notes.length);
}

const percent = (share: number): string => (share * 100).toFixed(1);
const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
