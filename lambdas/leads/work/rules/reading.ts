import type { Intent } from '../insight.ts';
import { type Cue, cuesOf } from './cues.ts';
import { type Features, featuresOf } from './features.ts';
import { type Choice, chooseIntent } from './intent.ts';
import { type Piece, piecesOf } from './pieces.ts';
import type { Said } from './priority.ts';
import { type Word, wordsOf } from './words.ts';

/** A note, read once. */
export interface Reading {
  note: string;
  words: readonly Word[];
  pieces: readonly Piece[];
  /** What the lexicon finds. */
  cues: readonly Cue[];
  /** What the lexicon alone would take it for. */
  choice: Choice;
  features: Features;
}

/** Reads of a note what its sender wrote (`writtenIn`). */
export function read(note: string, text: string): Reading {
  const words = wordsOf(text);
  const pieces = piecesOf(text);
  const cues = cuesOf(note, words);
  const choice = chooseIntent(cues);
  return { note, words, pieces, cues, choice, features: featuresOf(pieces, words, cues, choice) };
}

const clearWeight = 2;

/** What it says for the priority and the action, were this what it wants. */
export const saidWithin = ({ cues, words }: Reading, intent: Intent): Said => ({
  signals: new Set(cues.flatMap(({ signal }) => signal ?? [])),
  weak: cues.every((cue) => cue.speaks_for !== intent || cue.weight < clearWeight),
  denies: cues.some(({ speaks_for }) => speaks_for.startsWith('not ')),
  wordCount: words.length,
});
