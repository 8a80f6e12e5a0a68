import type { Intent } from '../insight.ts';
import table from './learnt.json' with { type: 'json' };
import type { Shade } from './shade.ts';
import type { Word } from './words.ts';

/** What a word, the beginning of a word (`invoi*`) or two words speak for, and how loud. */
export type Learnt = ReadonlyMap<string, readonly Speech[]>;
/** The same as it is kept: by intent (or intent and shade) and weight, the words with that weight, parted by commas. */
export type LearntTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Speech {
  intent: Intent;
  /** Where the words speak for a shade of the intent, and not for the intent itself. */
  shade: Shade | undefined;
  weight: number;
}

/** Words of a note, by index, and what they were learnt to speak for. */
export interface Hint extends Speech {
  at: readonly number[];
}

/** What was learnt from labelled notes by bench/triage/learning.ts, for what the lexicon does not name. */
export const shipped: Learnt = learntOf(table);

/** A table ready to be looked up. */
export function learntOf(kept: LearntTable): Learnt {
  const learnt = new Map<string, Speech[]>();
  for (const [name, byWeight] of Object.entries(kept)) {
    const [intent, shade] = name.split(' ') as [Intent, Shade | undefined];
    for (const [weight, keys] of Object.entries(byWeight)) {
      const speech = { intent, shade, weight: Number(weight) };
      for (const key of keys.split(',')) learnt.set(key, [...(learnt.get(key) ?? []), speech]);
    }
  }
  return learnt;
}

/** What the words of a note were learnt to speak for, a word and its beginning together. */
export function hintsIn(words: readonly Word[], learnt: Learnt): Hint[] {
  return keyedWords(words).flatMap(({ keys, at }) => {
    const hints = new Map<string, Hint>();
    for (const speech of keys.flatMap((key) => learnt.get(key) ?? [])) {
      const name = `${speech.intent} ${speech.shade}`;
      const weight = speech.weight + (hints.get(name)?.weight ?? 0);
      hints.set(name, { ...speech, at, weight });
    }
    return [...hints.values()];
  });
}

/** So many letters stand for a word and its forms. */
const stemLetters = 5;

/** Each word and each two neighbours of a sentence once, with their keys of the table; all figures are one word. */
export function keyedWords(words: readonly Word[]): { keys: string[]; at: number[] }[] {
  const seen = new Set<string>();
  const isNew = (key: string) => seen.size < seen.add(key).size;
  return words.flatMap((word, index) => {
    const [text, next] = [keyOf(word), words[index + 1]];
    const single = isNew(text) ? [{ keys: keysOf(text), at: [index] }] : [];
    if (!next || next.sentence !== word.sentence) return single;
    const pair = `${text} ${keyOf(next)}`;
    return isNew(pair) ? [...single, { keys: [pair], at: [index, index + 1] }] : single;
  });
}

const keysOf = (text: string): string[] =>
  text.length > stemLetters ? [text, `${text.slice(0, stemLetters)}*`] : [text];
const keyOf = ({ text }: Word): string => (/^\d/.test(text) ? '0' : text);
