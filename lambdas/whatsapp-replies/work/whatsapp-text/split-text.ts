import { isBlank } from './characters.ts';
import { type Format, formatsOf, harms, maxGlueChars, type Place, placesOf } from './places.ts';

/** The longest body of a WhatsApp message, in UTF-16 code units. */
export const maxBodyChars = 1600;

/** The shortest limit under which code can be closed and reopened around a character. */
const minBodyChars = 32;

/**
 * The text in the fewest parts of at most `maxChars` (32 or more) UTF-16 code units, cut where it
 * hurts the reader least: after a paragraph, else a line, a sentence, a word; inside a word or
 * address only if that is longer than a part. Formats that are cut are closed and reopened.
 */
export function splitForWhatsApp(text: string, maxChars = maxBodyChars): string[] {
  if (maxChars < minBodyChars) {
    throw new RangeError(`Expected maxChars to be at least ${minBodyChars}, got ${maxChars}`);
  }
  const whole = text.trim();
  if (isBlank(whole)) return [];
  if (whole.length <= maxChars) return [whole];
  const ends = packed(cutsOf(whole, maxChars), maxChars);
  return ends
    .slice(1)
    .map((to, i) => {
      const from = ends[i] ?? to;
      return (from.reopen + whole.slice(from.start, to.end) + to.close).trim();
    })
    .filter((part) => !isBlank(part));
}

/**
 * The ends of the parts, the text's start first: as few parts as the cuts allow, and of those the
 * cut that hurts least, the latest of equals. Neighbouring cuts must fit into one part.
 */
function packed(cuts: readonly Cut[], maxChars: number): Cut[] {
  const { reach, parts } = fewestParts(cuts, maxChars);
  const chosen: Cut[] = [];
  for (let at = 0; at < cuts.length; ) {
    const from = cutOf(cuts, at);
    chosen.push(from);
    let best = cuts.length;
    for (let to = reach[at] ?? 0; to > at; to--) {
      const isFewest = (parts[to] ?? 0) < (parts[at] ?? 0);
      const isGentler = best === cuts.length || cutOf(cuts, to).harm < cutOf(cuts, best).harm;
      if (isFewest && isGentler && partChars(from, cutOf(cuts, to)) <= maxChars) best = to;
    }
    at = best;
  }
  return chosen;
}

/** For each cut the furthest one that a part from it can reach, and the parts to the text's end. */
function fewestParts(cuts: readonly Cut[], maxChars: number) {
  const last = cuts.length - 1;
  const reach = new Int32Array(cuts.length).fill(last);
  const parts = new Int32Array(cuts.length);
  for (let at = last - 1; at >= 0; at--) {
    const from = cutOf(cuts, at);
    // Markers differ between cuts, so that an earlier one may reach a little further.
    let to = Math.min(last, (reach[at + 1] ?? last) + 2 * maxMarkerChars);
    while (to > at + 1 && partChars(from, cutOf(cuts, to)) > maxChars) to -= 1;
    reach[at] = to;
    // Likewise a cut shortly before the furthest one may leave fewer parts than it.
    const earliest = cutOf(cuts, to).end - 2 * maxMarkerChars;
    let fewest = parts[to] ?? 0;
    for (; to > at && cutOf(cuts, to).end >= earliest; to--) {
      if (partChars(from, cutOf(cuts, to)) <= maxChars) fewest = Math.min(fewest, parts[to] ?? 0);
    }
    parts[at] = fewest + 1;
  }
  return { reach, parts };
}

function cutOf(cuts: readonly Cut[], at: number): Cut {
  const cut = cuts[at];
  if (!cut) throw new RangeError(`Expected a cut at ${at}, got ${cuts.length} cuts`);
  return cut;
}

/** A place to cut at, with what ends the open formats in one part and resumes them in the next. */
type Cut = Place & { readonly close: string; readonly reopen: string };

/** The most characters that ending and resuming formats add to a part. */
const maxMarkerChars = 8;

/** All cuts that a text allows, in order, its start and its end included. */
function cutsOf(text: string, maxChars: number): Cut[] {
  const formats = formatsOf(text, maxChars - maxMarkerChars);
  const openAt = formatsInOrder(formats);
  const cuts = placesOf(text).flatMap((place) => cutAt(text, place, openAt(place)) ?? []);
  return withCutsInLongWords(text, cuts, formats, maxChars);
}

/** The length of the part between two cuts. */
function partChars(from: Cut, to: Cut): number {
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
