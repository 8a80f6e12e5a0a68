import { type Format, formatsOf } from './formats.ts';
import { harms, maxGlueChars, type Place, placesOf } from './places.ts';

/** A place to cut at, with what ends the open formats in one part and resumes them in the next. */
export type Cut = Place & { readonly close: string; readonly reopen: string };

/** The most characters that ending and resuming formats add to a part. */
export const maxMarkerChars = 8;

/** All cuts that a text allows, in order, its start and its end included. */
export function cutsOf(text: string, maxChars: number): Cut[] {
  const formats = formatsOf(text, maxChars - maxMarkerChars);
  const openAt = formatsInOrder(formats);
  const cuts = placesOf(text).flatMap((place) => cutAt(text, place, openAt(place)) ?? []);
  return withCutsInLongWords(text, cuts, formats, maxChars);
}

/** The length of the part between two cuts. */
export function partChars(from: Cut, to: Cut): number {
  return from.reopen.length + to.end - from.start + to.close.length;
}

function cutAt(text: string, place: Place, open: Format[]): Cut | undefined {
  const { end, start } = place;
  const gap = text.slice(end, start);
  const leavesEmpty = open.some(
    (format) =>
      end <= format.from + format.reopen.length || start >= format.to - format.close.length,
  );
  if (leavesEmpty && gap.length <= maxGlueChars) return;
  const close = open
    .map((format) => format.close)
    .toReversed()
    .join('');
  const reopen = open.map((format) => format.reopen).join('');
  if (open.length === 0) return { end, start, harm: place.harm, close, reopen };
  // Code keeps the indentation of the line that a part begins with.
  const isCodeLine = reopen.endsWith('\n') && gap.includes('\n');
  if (isCodeLine)
    return { end, start: end + gap.lastIndexOf('\n') + 1, harm: harms.word, close, reopen };
  return { end, start, harm: Math.max(place.harm, harms.format), close, reopen };
}

/** Tells the formats that are open at a place, of places asked for in ascending order. */
function formatsInOrder(formats: readonly Format[]): (place: Place) => Format[] {
  let open: Format[] = [];
  let next = 0;
  return ({ end, start }) => {
    for (let format = formats[next]; format && format.from < end; format = formats[next]) {
      open.push(format);
      next += 1;
    }
    open = open.filter(({ to }) => to > start);
    return open;
  };
}

function withCutsInLongWords(
  text: string,
  cuts: readonly Cut[],
  formats: readonly Format[],
  maxChars: number,
): Cut[] {
  const openAt = formatsInOrder(formats);
  return cuts.flatMap((cut, i) => {
    const from = cuts[i - 1];
    if (!from || partChars(from, cut) <= maxChars) return [cut];
    const ends = characterEnds(text.slice(from.start, cut.end), maxChars - maxMarkerChars);
    const inside = ends.flatMap((length) => {
      const at = from.start + length;
      if (/[ \t\n]/.test(text.charAt(at - 1))) return [];
      const place = { end: at, start: at, harm: harms.character };
      return cutAt(text, place, openAt(place)) ?? [];
    });
    return [...inside, cut];
  });
}

/** Where the inner characters, as readers see them, of a word end; one of boundless length is cut. */
function characterEnds(word: string, maxChars: number): number[] {
  const ends: number[] = [];
  let end = 0;
  for (const { segment } of new Intl.Segmenter('en').segment(word)) {
    for (const part of segment.length > maxChars ? segment : [segment]) {
      end += part.length;
      ends.push(end);
    }
  }
  return ends.slice(0, -1);
}
