import type {
  Intent,
  NextAction,
  NoteClassification,
  Priority,
} from '../../lambdas/leads/work/insight.ts';
import { classify } from '../../lambdas/leads/work/rules.ts';
import type { LabelledLead } from './leads.ts';
import { folds } from './table.ts';

/** What is compared: the verdict on a note, and how sure it is of the intent. */
export type Verdict = Pick<
  NoteClassification,
  'intent' | 'priority' | 'next_action' | 'confidence'
>;
/** Classifies a note. */
export type Classify = (note: string) => Verdict;

/** The rules and the two baselines, which are given the tuning notes to learn from. */
export function classifiersFrom(tuning: readonly LabelledLead[]): Record<string, Classify> {
  return {
    rules: (note) => classify(note),
    'keyword list': byKeywords(tuning),
    'most frequent': mostFrequent(tuning),
  };
}

/** The rules on each of these notes, with what was learnt from the others. */
export function crossValidated(leads: readonly LabelledLead[]): Classify {
  const verdicts = new Map(
    folds(leads).map(({ lead, learnt }) => [lead.note, classify(lead.note, learnt)]),
  );
  return (note) => verdicts.get(note) ?? classify(note);
}

/** Always the most frequent label of each kind. */
function mostFrequent(tuning: readonly LabelledLead[]): Classify {
  const intent = mode(tuning.map((lead) => lead.intent));
  const confidence = share(tuning, (lead) => lead.intent === intent);
  const priority = mode(tuning.map((lead) => lead.priority));
  const next_action = mode(tuning.map((lead) => lead.next_action));
  return () => ({ intent, priority, next_action, confidence });
}

const keywords: readonly [string, Intent][] = [
  ['price', 'buy'],
  ['pricing', 'buy'],
  ['quote', 'buy'],
  ['demo', 'buy'],
  ['error', 'support'],
  ['cancel', 'support'],
  ['help', 'support'],
  ['partner', 'partner'],
  ['job', 'job'],
  ['seo', 'spam'],
];
const firstActions: Record<Intent, NextAction> = {
  buy: 'email',
  support: 'forward',
  partner: 'forward',
  job: 'forward',
  spam: 'ignore',
  other: 'qualify',
};

/** Ten keywords without negation, as a first version would have them; `urgent` and `asap` are P0. */
function byKeywords(tuning: readonly LabelledLead[]): Classify {
  const intentOf = (text: string): Intent =>
    keywords.find(([word]) => text.includes(word))?.[1] ?? 'other';
  const confidence = share(tuning, ({ note, intent }) => intentOf(note.toLowerCase()) === intent);
  return (note) => {
    const text = note.toLowerCase();
    const intent = intentOf(text);
    const urgent = text.includes('urgent') || text.includes('asap');
    const calm: Priority = intent === 'buy' || intent === 'support' ? 'P2' : 'P3';
    const next_action = urgent && intent === 'buy' ? 'call' : firstActions[intent];
    return { intent, priority: urgent ? 'P0' : calm, next_action, confidence };
  };
}

function mode<T>(values: readonly T[]): T {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  if (!first) throw new Error('There are no labelled leads to learn from.');
  return first[0];
}

/** The share of the items that this holds for; of none, none. */
export function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.length ? items.filter(holds).length / items.length : 0;
}
