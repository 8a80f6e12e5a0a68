import { isSpacedWord, isUnspaced } from './characters.ts';

/** A place between two words: the one ends at `end`, the next begins at `start`. */
export type Place = { readonly end: number; readonly start: number; readonly harm: number };

/** How much a cut hurts the reader. */
export const harms = { paragraph: 0, line: 1, sentence: 2, word: 3, format: 4, character: 5 };

/** White space of up to so many characters is kept with what belongs together across it. */
export const maxGlueChars = 8;

// A no-break space joins its neighbours, as does a space that carries a combining character.
const words = /(?:\S|[\u00a0\u2007\u202f]|\s(?=[\p{M}\p{EMod}\u200d]))+/gu;
const addresses = /(?:\b[a-z]{2,20}:\/\/|www\.)[^\s、。！？，；：」』）】]+/gi;
const listMarker = /^(?:[-*•>☐☑]|\d{1,9}[.)])$/;

/** The places between the words of a trimmed text, in order, its start and its end included. */
export function placesOf(text: string): Place[] {
  const places: Place[] = [{ end: 0, start: 0, harm: harms.paragraph }];
  const sentences = sentenceStarts(text);
  let last = 0;
  let line = 0;
  for (const { 0: word, index: start } of text.matchAll(words)) {
    const end = last;
    if (start > 0) {
      const gap = text.slice(end, start);
      const marksItem = end - line < 12 && listMarker.test(text.slice(line, end));
      const harm = gapHarm(gap, text.slice(line, end), sentences.has(start));
      if (!marksItem || gap.length > maxGlueChars) places.push({ end, start, harm });
      if (gap.includes('\n')) line = start;
    }
    if (isUnspaced(word)) places.push(...placesInside(word, start));
    last = start + word.length;
  }
  places.push({ end: text.length, start: text.length, harm: harms.paragraph });
  return places;
}

function gapHarm(gap: string, line: string, startsSentence: boolean): number {
  if (!gap.includes('\n')) return startsSentence ? harms.sentence : harms.word;
  const introduces = line.endsWith(':') || (line.startsWith('*') && line.endsWith('*'));
  if (introduces) return harms.word;
  return gap.indexOf('\n') < gap.lastIndexOf('\n') ? harms.paragraph : harms.line;
}

function sentenceStarts(text: string): Set<number> {
  const sentences = new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text);
  return new Set(Array.from(sentences, ({ index }) => index));
}

/** The places in a run of words of a script without spaces; none in an address. */
function placesInside(run: string, from: number): Place[] {
  const places: Place[] = [];
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
  const masked = run.replace(addresses, (address) => 'x'.repeat(address.length));
  let before = '';
  for (const { segment, index } of segmenter.segment(masked)) {
    const begins = /^[\p{L}\p{N}\p{Ps}\p{Pi}\p{Emoji}]/u.test(segment);
    const ends = before !== '' && !/[\p{Ps}\p{Pi}]$/u.test(before);
    if (begins && ends && (isUnspaced(before) || isUnspaced(segment))) {
      const at = from + index;
      places.push({
        end: at,
        start: at,
        harm: /[。！？]/.test(before) ? harms.sentence : harms.word,
      });
    }
    before = segment;
  }
  return places;
}

/** A stretch of WhatsApp text under one format, markers included, and what ends and resumes it. */
export type Format = {
  readonly from: number;
  readonly to: number;
  readonly close: string;
  readonly reopen: string;
};

// In this order: code, addresses (whose characters are no markers), one-line code, markers.
const marks = /```[\s\S]*?```|\b(?:[a-z]{2,20}:\/\/|www\.)\S+|`[^`\n]+`|[*_~\n]/gi;

/**
 * The formats of a WhatsApp text, outer before inner. One-line formats around a word longer than
 * `maxWordChars` are left out, as they could not be resumed in each part of it.
 */
export function formatsOf(text: string, maxWordChars: number): Format[] {
  const formats: Format[] = [];
  const add = (from: number, to: number, marker: string) => {
    const words = text.slice(from, to).split(/\s+/);
    if (words.every((word) => word.length <= maxWordChars)) {
      formats.push({ from, to, close: marker, reopen: marker });
    }
  };
  let open: { at: number; marker: string }[] = [];
  for (const { 0: mark, index: at } of text.matchAll(marks)) {
    if (mark.startsWith('```')) formats.push(codeFormat(mark, at));
    else if (mark.startsWith('`')) add(at, at + mark.length, '`');
    else if (mark.length === 1 && mark !== '\n') {
      const opener = closes(text, at) ? open.findLast(({ marker }) => marker === mark) : undefined;
      if (opener) {
        add(opener.at, at + 1, mark);
        open = open.slice(0, open.indexOf(opener));
      } else if (opens(text, at) && open.every(({ marker }) => marker !== mark)) {
        open.push({ at, marker: mark });
      }
    }
    if (mark.startsWith('```') ? mark.includes('\n') : mark === '\n') open = [];
  }
  return formats.sort((a, b) => a.from - b.from);
}

function codeFormat(code: string, from: number): Format {
  const newline = code.includes('\n') ? '\n' : '';
  const to = from + code.length;
  return { from, to, close: `${newline}\`\`\``, reopen: `\`\`\`${newline}` };
}

function opens(text: string, at: number): boolean {
  return !isSpacedWord(text.charAt(at - 1)) && /\S/.test(text.charAt(at + 1));
}

function closes(text: string, at: number): boolean {
  return !isSpacedWord(text.charAt(at + 1)) && /\S/.test(text.charAt(at - 1));
}
