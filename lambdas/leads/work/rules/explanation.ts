import type { Evidence, Intent, Priority } from '../insight.ts';
import type { Head } from './classifier.ts';
import { sharesOf } from './classifier.ts';
import type { Cue } from './cues.ts';
import type { Learnt } from './learnt.ts';
import { isNoise } from './noise.ts';
import type { Piece } from './pieces.ts';
import type { Reading } from './reading.ts';

const maxEvidence = 20;
const maxPhraseChars = 80;
/** What moves the odds of the choice against the next one by less than this decides nothing. */
const leastWeight = 0.3;

/**
 * What decided, the heaviest first: phrases of the lexicon that speak for the intent and priority given or against another
 * intent, and words by how far they moved the classifier from the runner-up to its choice. Words that say nothing by
 * themselves (`and`) are never named.
 */
export function explanationOf(
  reading: Reading,
  intent: Intent,
  priority: Priority,
  learnt: Learnt,
): Evidence[] {
  const phrases = reading.cues
    .filter(({ speaks_for }) => isFor(speaks_for, intent, priority))
    .map(({ phrase, speaks_for, weight }: Cue) => ({ phrase, speaks_for, weight }));
  const named = new Set(phrases.map(({ phrase }) => phrase.toLowerCase()));
  const words = wordsFor(reading, intent, learnt.intent).filter(
    ({ phrase }) => !named.has(phrase.toLowerCase()),
  );
  return [...phrases, ...words].sort((a, b) => b.weight - a.weight).slice(0, maxEvidence);
}

const isFor = (speaks_for: string, intent: Intent, priority: Priority): boolean =>
  speaks_for === intent || speaks_for === priority || /^not /.test(speaks_for);

function wordsFor(reading: Reading, intent: Intent, head: Head): Evidence[] {
  const shares = sharesOf(head, reading.features);
  const chosen = head.classes.indexOf(intent);
  const rival = shares.reduce(
    (best, share, k) => (k !== chosen && share > (shares[best] ?? -1) ? k : best),
    chosen === 0 ? 1 : 0,
  );
  const pull = (key: string): number => {
    const own = head.weights.get(key);
    return own ? ((own[chosen] ?? 0) - (own[rival] ?? 0)) * (reading.features.get(key) ?? 0) : 0;
  };
  const seen = new Set<string>();
  return reading.pieces.flatMap((piece): Evidence[] => {
    const phrase = phraseOf(reading.note, piece);
    if (seen.has(phrase.toLowerCase()) || isNoise(phrase)) return [];
    seen.add(phrase.toLowerCase());
    const keys = new Set([...piece.parts, ...piece.words.slice(0, 1)]);
    const weight = Number([...keys].reduce((sum, key) => sum + pull(key), 0).toFixed(1));
    return weight >= leastWeight ? [{ phrase, speaks_for: intent, weight }] : [];
  });
}

const phraseOf = (note: string, { start, end }: Piece): string =>
  note.slice(start, end).slice(0, maxPhraseChars);
