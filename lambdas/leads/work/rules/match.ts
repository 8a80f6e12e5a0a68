import { type Entry, entriesAt, type Step } from './phrases/lexicon.ts';
import type { Word } from './words.ts';

/** A phrase of the lexicon and the words of the note that it is made of, by index. */
export interface Match {
  entry: Entry;
  at: readonly number[];
}

const maxGap = 3;

/** The longest phrase at each word, none of which begins in another; phrases end with their sentence. */
export function matchesIn(words: readonly Word[]): Match[] {
  const covered = new Set<number>();
  const matches: Match[] = [];
  for (const [index, word] of words.entries()) {
    if (covered.has(index)) continue;
    const match = longest(words, index, entriesAt(word.text));
    for (const each of match?.at ?? []) covered.add(each);
    if (match) matches.push(match);
  }
  return matches;
}

function longest(
  words: readonly Word[],
  index: number,
  entries: readonly Entry[],
): Match | undefined {
  let best: Match | undefined;
  for (const entry of entries) {
    const at = follow(words, index, entry.steps);
    if (at && at.length > (best?.at.length ?? 0)) best = { entry, at };
  }
  return best;
}

/** The words that the steps from this one on meet from here on; a gap takes as few words as it can. */
function follow(
  words: readonly Word[],
  index: number,
  steps: readonly Step[],
  at = 0,
  sentence = words[index]?.sentence,
): number[] | undefined {
  const step = steps[at];
  if (!step) return [];
  const widest = step === 'gap' ? maxGap : 0;
  const next = step === 'gap' ? steps[at + 1] : step;
  for (let here = index; here <= index + widest; here++) {
    const word = words[here];
    if (!word || word.sentence !== sentence) return undefined;
    if (!next || next === 'gap' || !meets(word.text, next)) continue;
    const tail = follow(words, here + 1, steps, at + (step === 'gap' ? 2 : 1), sentence);
    if (tail) return [here, ...tail];
  }
  return undefined;
}

const meets = (text: string, step: Exclude<Step, 'gap'>): boolean =>
  'word' in step ? text === step.word : text.startsWith(step.prefix);
