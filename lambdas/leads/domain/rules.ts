import type { Evidence, Judgement } from './insight.ts';
import { intents } from './insight.ts';
import { actionOf } from './rules/action.ts';
import { confidenceOf } from './rules/confidence.ts';
import { type Cue, cuesOf } from './rules/cues.ts';
import { type Hint, hintsIn, type Learnt, shipped } from './rules/hints.ts';
import { type Choice, chooseIntent } from './rules/intent.ts';
import { priorityOf, type Said } from './rules/priority.ts';
import { shaded } from './rules/shade.ts';
import { tagsOf } from './rules/tags.ts';
import { wordsOf } from './rules/words.ts';

/** Changes whenever a note may be judged in another way. */
export const rulesVersion = '2';

/** What a lead wants, how soon to act and what to do, with the words that say so; in time linear in the note. */
export function judge(note: string, learnt: Learnt = shipped): Judgement {
  const words = wordsOf(note);
  const hints = hintsIn(words, learnt);
  const cues = cuesOf(note, words, hints);
  const choice = chooseIntent(cues);
  const said = saidIn(cues, choice, words.length, hints);
  const priority = priorityOf(choice.intent, said);
  return {
    intent: choice.intent,
    priority,
    next_action: actionOf(choice.intent, priority, said, words),
    confidence: confidenceOf(choice.margin),
    tags: tagsOf(said.signals, words, isSeveral(choice)),
    explanation: explanationOf(cues, choice),
  };
}

/** How far the strongest intent is ahead of the next one, of which the confidence is made. */
export function marginOf(note: string, learnt: Learnt = shipped): number {
  const words = wordsOf(note);
  return chooseIntent(cuesOf(note, words, hintsIn(words, learnt))).margin;
}

const clearWeight = 2;

function saidIn(
  cues: readonly Cue[],
  { intent }: Choice,
  wordCount: number,
  hints: readonly Hint[],
): Said {
  const signals = new Set(cues.flatMap(({ signal }) => signal ?? []));
  return {
    signals: shaded(intent, signals, hints),
    weak: cues.every((cue) => cue.learnt || cue.speaks_for !== intent || cue.weight < clearWeight),
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

/** The heaviest words first; what the lexicon and what is learnt say of the same words adds up. */
function explanationOf(cues: readonly Cue[], { intent }: Choice): Evidence[] {
  const sums = new Map<string, Evidence>();
  const said = cues.filter(({ only_if }) => !only_if || only_if === intent);
  for (const { phrase, speaks_for, weight } of said) {
    const key = `${speaks_for} ${phrase.toLowerCase()}`;
    const sum = weight + (sums.get(key)?.weight ?? 0);
    sums.set(key, { phrase, speaks_for, weight: Number(sum.toFixed(1)) });
  }
  return [...sums.values()].sort((a, b) => b.weight - a.weight).slice(0, maxEvidence);
}
