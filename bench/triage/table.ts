import { type Intent, intents } from '../../lambdas/leads/work/insight.ts';
import { automaticIn } from '../../lambdas/leads/work/rules/automatic.ts';
import { featuresWithin } from '../../lambdas/leads/work/rules/features.ts';
import { type KeptLearnt, type Learnt, learntOf } from '../../lambdas/leads/work/rules/learnt.ts';
import { type Reading, read, saidWithin } from '../../lambdas/leads/work/rules/reading.ts';
import { writtenIn } from '../../lambdas/leads/work/rules/written.ts';
import type { LabelledLead } from './leads.ts';
import { type Course, learn } from './learning.ts';

// Chosen on notes that were held back.
const intentCourse: Course = { l1: 1e-5, l2: 2e-5, leastNotes: 2 };
const stepCourse: Course = { l1: 7e-5, l2: 5e-5, leastNotes: 3 };

interface Read {
  lead: LabelledLead;
  reading: Reading;
}

/** What is learnt from these notes, as lambdas/leads/work/rules/learnt.json keeps it. */
export function tableFrom(leads: readonly LabelledLead[]): KeptLearnt {
  const all = leads.flatMap(readingOf);
  const ofIntents = learn(
    all.map(({ lead, reading }) => ({ features: reading.features, label: lead.intent })),
    intents,
    intentCourse,
  );
  const ofSteps = intents.flatMap((intent) => {
    const head = stepsWithin(intent, all);
    return head ? [[intent, head] as const] : [];
  });
  return { intent: ofIntents, ...Object.fromEntries(ofSteps) };
}

function readingOf(lead: LabelledLead): Read[] {
  const text = writtenIn(lead.note);
  return automaticIn(text) ? [] : [{ lead, reading: read(lead.note, text) }];
}

function stepsWithin(intent: Intent, all: readonly Read[]) {
  const examples = all
    .filter(({ lead }) => lead.intent === intent)
    .map(({ lead, reading }) => ({
      features: featuresWithin(
        reading.features,
        intent,
        saidWithin(reading, intent),
        reading.words,
      ),
      label: `${lead.priority} ${lead.next_action}`,
    }));
  const classes = [...new Set(examples.map(({ label }) => label))].sort();
  return classes.length > 1 ? learn(examples, classes, stepCourse) : undefined;
}

const foldCount = 5;

/** Each note with what is learnt from all but its fold: what is said of it is as of a note never seen. */
export function folds(leads: readonly LabelledLead[]): { lead: LabelledLead; learnt: Learnt }[] {
  return Array.from({ length: foldCount }, (_, fold) => fold).flatMap((fold) => {
    const rest = leads.filter((_, index) => index % foldCount !== fold);
    const learnt = learntOf(tableFrom(rest));
    return leads.filter((_, index) => index % foldCount === fold).map((lead) => ({ lead, learnt }));
  });
}
