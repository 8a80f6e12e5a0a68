import { intents } from '../insight.ts';
import { actionOf } from './action.ts';
import type { Cue } from './cues.ts';
import { type Choice, isVague } from './intent.ts';
import type { Piece } from './pieces.ts';
import { priorityOf, type Said } from './priority.ts';
import type { Word } from './words.ts';

/** What a note is made of, by key, with how much of it that is. */
export type Features = ReadonlyMap<string, number>;

/** How loud the parts of all words are together, and the words, against one phrase of the lexicon. */
const loudness = 3;

/** The words of a text and what the lexicon finds in it. Keys of the lexicon begin with `#`. */
export function featuresOf(
  pieces: readonly Piece[],
  words: readonly Word[],
  cues: readonly Cue[],
  choice: Choice,
): Features {
  const features = new Map<string, number>();
  addAll(features, new Set(pieces.flatMap(({ parts }) => parts)));
  addAll(features, new Set(pieces.flatMap((piece) => piece.words)));
  for (const intent of intents) {
    const score = choice.scores[intent];
    if (score) features.set(`#score ${intent}`, Math.tanh(score / 4));
    if (score) features.set(`#says ${intent}`, Math.sign(score) / 2);
  }
  features.set(isVague(choice) ? '#vague' : `#intent ${choice.intent}`, 0.5);
  for (const { signal } of cues) if (signal) features.set(`#signal ${signal}`, 0.5);
  features.set(`#length ${Math.min(6, Math.floor(Math.log2(words.length + 1)))}`, 0.3);
  return features;
}

/** The same, with what the rules would do if this were the intent. */
export function featuresWithin(
  features: Features,
  intent: Choice['intent'],
  said: Said,
  words: readonly Word[],
): Features {
  const priority = priorityOf(intent, said);
  return new Map([
    ...features,
    [`#priority ${priority}`, 1],
    [`#action ${actionOf(intent, priority, said, words)}`, 1],
  ]);
}

function addAll(features: Map<string, number>, keys: ReadonlySet<string>): void {
  const value = loudness / Math.sqrt(keys.size);
  for (const key of keys) features.set(key, value);
}
