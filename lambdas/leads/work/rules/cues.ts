import type { Evidence, Intent, Priority } from '../insight.ts';
import { isGibberish } from './gibberish.ts';
import { matchesIn } from './match.ts';
import { isNegated } from './negation.ts';
import type { Signal } from './phrases/phrase.ts';
import { enterpriseSeats, seatsIn } from './seats.ts';
import type { Word } from './words.ts';

/** Something that the note says, and what it speaks for. */
export interface Cue extends Evidence {
  speaks_for: Intent | Priority | `not ${Intent}`;
  signal: Signal | undefined;
}

const maxPhraseChars = 80;
// What a customer in need denies is still about the need: "I have no access, and no answer".
const deniable: readonly string[] = ['buy', 'partner', 'job'];

/** All that a note says for the judgement, each thing once. */
export function cuesOf(note: string, words: readonly Word[]): Cue[] {
  const written = [...phraseCues(note, words), ...seatCues(note, words)];
  return eachOnce([...written, ...gibberishCue(note, words)]);
}

function eachOnce(cues: readonly Cue[]): Cue[] {
  const first = new Map<string, Cue>();
  for (const cue of cues) {
    const key = `${cue.speaks_for} ${cue.phrase.toLowerCase()}`;
    if (!first.has(key)) first.set(key, cue);
  }
  return [...first.values()];
}

function phraseCues(note: string, words: readonly Word[]): Cue[] {
  const matches = matchesIn(words);
  const covered = new Set(matches.flatMap(({ at }) => at));
  return matches.map((match): Cue => {
    const { speaks_for, weight, signal } = match.entry;
    const phrase = quote(note, words[match.at[0] ?? 0], words[match.at.at(-1) ?? 0]);
    const cue = { phrase, speaks_for, weight, signal };
    return isNegated(match, words, covered) ? denied(cue) : cue;
  });
}

/** `Not so urgent` is calm, `no demo` speaks against a purchase; what else is denied says nothing. */
function denied(cue: Cue): Cue {
  if (cue.signal === 'urgent') return { ...cue, speaks_for: 'P3', signal: 'calm' };
  const { speaks_for } = cue;
  if (!deniable.includes(speaks_for)) return cue;
  return { ...cue, speaks_for: `not ${speaks_for as Intent}`, signal: undefined };
}

function seatCues(note: string, words: readonly Word[]): Cue[] {
  return seatsIn(words).flatMap(({ count, from, to }): Cue[] => {
    const phrase = quote(note, from, to);
    const large = count >= enterpriseSeats;
    return [
      { phrase, speaks_for: 'buy', weight: 1, signal: undefined },
      ...(large ? [{ phrase, speaks_for: 'P1', weight: 2, signal: 'many' } as const] : []),
    ];
  });
}

function gibberishCue(note: string, words: readonly Word[]): Cue[] {
  if (!isGibberish(words)) return [];
  const phrase = quote(note, words[0], words.at(-1));
  return [{ phrase, speaks_for: 'spam', weight: 6, signal: undefined }];
}

/** The words as they stand in the note, cut between characters. */
function quote(note: string, from: Word | undefined, to: Word | undefined): string {
  const text = note.slice(from?.start ?? 0, to?.end ?? 0);
  return text.slice(0, maxPhraseChars).replace(/[\ud800-\udbff]$/, '');
}
