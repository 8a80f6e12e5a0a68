import {
  type Intent,
  intents,
  type Priority,
  priorities,
} from '../../lambdas/leads/work/insight.ts';
import { type Classify, share, type Verdict } from './classifiers.ts';
import type { LabelledLead } from './leads.ts';

/** A bin of confidences: what was said, and what came true. */
export interface Bin {
  from: number;
  notes: number;
  said: number;
  right: number;
}

/** How well a classifier does on labelled notes; all are shares but the bins and the confusion. */
export interface Figures {
  intent: number;
  macroF1: number;
  priority: number;
  priorityWithinOne: number;
  nextAction: number;
  allThree: number;
  /** Of the notes that are P0, those that are found. */
  urgentFound: number;
  /** Of the spams, those that are taken for buyers. */
  spamAsBuy: number;
  /** Expected calibration error of the confidence in the intent, over ten bins. */
  ece: number;
  brier: number;
  bins: Bin[];
  /** Notes by their labelled intent and the intent given. */
  confusion: Record<Intent, Record<Intent, number>>;
}

interface Classified {
  lead: LabelledLead;
  verdict: Verdict;
}

/** The figures of a classifier on these notes. */
export function figuresOf(classify: Classify, leads: readonly LabelledLead[]): Figures {
  const classified = leads.map((lead): Classified => ({ lead, verdict: classify(lead.note) }));
  const level = (priority: Priority) => priorities.indexOf(priority);
  const bins = binsOf(classified);
  return {
    intent: share(classified, isRight),
    macroF1: macroF1(classified),
    priority: share(classified, hasPriority),
    priorityWithinOne: share(
      classified,
      ({ lead, verdict }) => Math.abs(level(lead.priority) - level(verdict.priority)) <= 1,
    ),
    nextAction: share(classified, hasAction),
    allThree: share(classified, (each) => isRight(each) && hasPriority(each) && hasAction(each)),
    urgentFound: share(
      classified.filter(({ lead }) => lead.priority === 'P0'),
      hasPriority,
    ),
    spamAsBuy: share(
      classified.filter(({ lead }) => lead.intent === 'spam'),
      ({ verdict }) => verdict.intent === 'buy',
    ),
    ece: sum(
      bins.map(({ notes, said, right }) => (notes / classified.length) * Math.abs(said - right)),
    ),
    brier: mean(classified.map((each) => (each.verdict.confidence - Number(isRight(each))) ** 2)),
    bins,
    confusion: confusionOf(classified),
  };
}

const isRight = ({ lead, verdict }: Classified): boolean => lead.intent === verdict.intent;
const hasPriority = ({ lead, verdict }: Classified): boolean => lead.priority === verdict.priority;
const hasAction = ({ lead, verdict }: Classified): boolean =>
  lead.next_action === verdict.next_action;

/** The mean of the harmonic means of precision and recall; an intent that is never right counts as 0. */
function macroF1(classified: readonly Classified[]): number {
  return mean(
    intents.map((intent) => {
      const given = classified.filter(({ verdict }) => verdict.intent === intent);
      const labelled = classified.filter(({ lead }) => lead.intent === intent);
      const both = given.length + labelled.length;
      return both ? (2 * given.filter(isRight).length) / both : 0;
    }),
  );
}

const binCount = 10;

function binsOf(classified: readonly Classified[]): Bin[] {
  const binOf = ({ verdict }: Classified) =>
    Math.min(binCount - 1, Math.floor(verdict.confidence * binCount));
  return Array.from({ length: binCount }, (_, bin) =>
    classified.filter((each) => binOf(each) === bin),
  )
    .map((members, bin) => ({
      from: bin / binCount,
      notes: members.length,
      said: mean(members.map(({ verdict }) => verdict.confidence)),
      right: share(members, isRight),
    }))
    .filter(({ notes }) => notes > 0);
}

function confusionOf(classified: readonly Classified[]): Figures['confusion'] {
  const row = () => ({ buy: 0, support: 0, partner: 0, job: 0, spam: 0, other: 0 });
  const table = {
    buy: row(),
    support: row(),
    partner: row(),
    job: row(),
    spam: row(),
    other: row(),
  };
  for (const { lead, verdict } of classified) table[lead.intent][verdict.intent] += 1;
  return table;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
