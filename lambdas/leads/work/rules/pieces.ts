import { plain } from './words.ts';

/** A word or figure of the note, or a run of a script without spaces, with its keys of the classifier's weights. */
export interface Piece {
  start: number;
  end: number;
  /** Parts of up to five letters, the word's ends marked by `_`. */
  parts: readonly string[];
  /** The word itself, and with the one before it. */
  words: readonly string[];
}

const maxChars = 3_000;
const maxLetters = 40;
const longestPart = 5;

// No alternative can match what another one can: the time is linear.
const pattern =
  /\p{Script=Han}{1,24}|[\p{Script=Hiragana}\p{Script=Katakana}ー]{1,24}|\p{Script=Thai}{1,24}|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Thai}])[\p{L}\p{M}'’ʼ\u00ad\u200b-\u200d]){1,40}|\p{N}+|[!?？！€$£%@]+/gu;

/** The pieces of a text, in order. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  const known = new Map<string, string[]>();
  let before = '';
  for (const match of text.slice(0, maxChars).matchAll(pattern)) {
    const word = keyOf(plain(match[0]).slice(0, maxLetters));
    if (!word) continue;
    const parts = known.get(word) ?? partsOf(`_${word}_`);
    known.set(word, parts);
    pieces.push({
      start: match.index,
      end: match.index + match[0].length,
      parts,
      words: before ? [`=${word}`, `=${before} ${word}`] : [`=${word}`],
    });
    before = word;
  }
  return pieces;
}

/** Figures count by their size alone: a few, fifty and more, thousands. */
function keyOf(word: string): string {
  if (!/^\p{N}/u.test(word)) return word;
  return word.length >= 4 ? '0000' : Number(word) >= 50 ? '050' : '0';
}

function partsOf(marked: string): string[] {
  const letters = Array.from(marked);
  const parts: string[] = [];
  for (let length = 1; length <= longestPart; length++) {
    for (let at = 0; at + length <= letters.length; at++) {
      const part = letters.slice(at, at + length).join('');
      if (part !== '_') parts.push(part);
    }
  }
  return parts;
}
