import { isUnspaced } from './characters.ts';

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
