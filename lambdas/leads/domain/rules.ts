import type { Evidence, Judgement } from './insight.ts';
import { intents } from './insight.ts';
import { actionOf } from './rules/action.ts';
import { confidenceOf } from './rules/confidence.ts';
import { type Cue, cuesOf } from './rules/cues.ts';
import { type Choice, chooseIntent } from './rules/intent.ts';
import { priorityOf, type Said } from './rules/priority.ts';
import { tagsOf } from './rules/tags.ts';
import { wordsOf } from './rules/words.ts';

/** Changes whenever a note may be judged in another way. */
export const rulesVersion = '1';

/** What a lead wants, how soon to act and what to do, with the words that say so; in time linear in the note. */
export function judge(note: string): Judgement {
  const words = wordsOf(note);
  const cues = cuesOf(note, words);
  const choice = chooseIntent(cues);
  const said = saidIn(cues, choice, words.length);
  const priority = priorityOf(choice.intent, said);
  return {
    intent: choice.intent,
    priority,
    next_action: actionOf(choice.intent, priority, said, words),
    confidence: confidenceOf(choice.margin),
    tags: tagsOf(said.signals, words, isSeveral(choice)),
    explanation: explanationOf(cues),
  };
}

/** How far the strongest intent is ahead of the next one, of which the confidence is made. */
export function marginOf(note: string): number {
  return chooseIntent(cuesOf(note, wordsOf(note))).margin;
}

const clearWeight = 2;

function saidIn(cues: readonly Cue[], { intent }: Choice, wordCount: number): Said {
  return {
    signals: new Set(cues.flatMap(({ signal }) => signal ?? [])),
    weak: cues.every(({ speaks_for, weight }) => speaks_for !== intent || weight < clearWeight),
    denies: cues.some(({ speaks_for }) => speaks_for.startsWith('not ')),
    wordCount,
  };
}

const strong = 3;

/** Whether another intent than the chosen one has words that would carry it alone. */
function isSeveral({ intent, scores }: Choice): boolean {
  return intents.some((each) => each !== intent && scores[each] >= strong);
}

const maxEvidence = 20;

/** The heaviest words first, in the order of the note where they weigh the same. */
function explanationOf(cues: readonly Cue[]): Evidence[] {
  return [...cues]
    .sort((a, b) => b.weight - a.weight)
    .slice(0, maxEvidence)
    .map(({ phrase, speaks_for, weight }) => ({ phrase, speaks_for, weight }));
}
