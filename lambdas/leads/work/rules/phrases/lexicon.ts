import type { Intent, Priority } from '../../insight.ts';
import { plain, wordsOf } from '../words.ts';
import { buy } from './buy.ts';
import { other } from './other.ts';
import { job, partner } from './partner-and-job.ts';
import type { Signal } from './phrase.ts';
import { spam } from './spam.ts';
import { support } from './support.ts';
import { timing } from './timing.ts';

/** One step of a phrase: a word, the beginning of a word, or a gap. */
export type Step = { word: string } | { prefix: string } | 'gap';

/** A phrase ready to be compared. */
export interface Entry {
  steps: readonly Step[];
  speaks_for: Intent | Priority;
  weight: number;
  signal: Signal | undefined;
}

/** So many letters of a word find the phrases that begin with a prefix; no prefix is shorter. */
const prefixLetters = 3;

const byWord = new Map<string, Entry[]>();
const byPrefix = new Map<string, Entry[]>();

/** The phrases that can begin with this word, so that a note costs a few comparisons per word. */
export function entriesAt(word: string): readonly Entry[] {
  const exact = byWord.get(word);
  const begun = byPrefix.get(word.slice(0, prefixLetters));
  return exact && begun ? [...exact, ...begun] : (exact ?? begun ?? []);
}

for (const group of [...buy, ...support, ...partner, ...job, ...spam, ...other, ...timing]) {
  for (const phrase of group.phrases.split(',')) {
    const { speaks_for, weight, signal } = group;
    add({ steps: stepsOf(phrase), speaks_for, weight, signal });
  }
}

function add(entry: Entry): void {
  const [first] = entry.steps;
  if (!first || first === 'gap') throw new Error('A phrase of the lexicon begins with no word.');
  const [map, key] =
    'word' in first ? [byWord, first.word] : [byPrefix, first.prefix.slice(0, prefixLetters)];
  map.set(key, [...(map.get(key) ?? []), entry]);
}

function stepsOf(phrase: string): Step[] {
  return phrase
    .trim()
    .split(/\s+/)
    .flatMap((piece): Step[] => {
      if (piece === '~') return ['gap'];
      if (piece.endsWith('*')) return [{ prefix: plain(piece.slice(0, -1)) }];
      return wordsOf(piece).map(({ text }) => ({ word: text }));
    });
}
