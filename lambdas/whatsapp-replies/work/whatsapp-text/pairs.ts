import { isSpacedWord } from './characters.ts';

/** Markup from its first marker to its last, and what stands between the two. */
interface Span {
  raw: string;
  text: string;
}

/**
 * The span that begins with a doubled marker and ends with the next one, as a model means it; undefined where
 * the marker begins none. Takes time linear in the text behind it.
 */
export function pairedSpan(src: string, before: string): Span | undefined {
  const marker = /^(?:\*{2,3}(?!\*)|__(?!_)|~~(?!~))/.exec(src)?.[0];
  if (!marker || before === marker[0]) return;
  if (marker === '__' && isSpacedWord(before)) return;
  const ends = markersIn(src, marker).slice(1);
  const [end] = ends;
  if (end === undefined) return unclosed(src, before);
  const isPaired = ends.length % 2 === 1;
  if (!opens(src, before, isPaired) || !closes(src, end, isPaired)) return;
  const text = src.slice(marker.length, end);
  return text.trim() === '' ? undefined : { raw: src.slice(0, end + marker.length), text };
}

// Runs of a marker, and before them what holds no markers: code, links, tags and escapes.
const runs = /(`+)[^`]+\1(?!`)|\[[^[\]`]*\]\([^()\s]*\)|<[^<>\s][^<>]*>|\\[\s\S]|\*+|_+|~+/g;

/** Where the marker stands, alone or twice: as the end of one span and the beginning of the next. */
function markersIn(src: string, marker: string): number[] {
  const places: number[] = [];
  for (const { 0: run, index } of src.matchAll(runs)) {
    if (run === marker) places.push(index);
    else if (marker.length === 2 && run === marker + marker)
      places.push(index, index + marker.length);
  }
  return places;
}

function opens(src: string, before: string, isPaired: boolean): boolean {
  const next = /^[*_~]+([\s\S])/.exec(src)?.[1] ?? '';
  if (/\s/.test(next)) return isPaired && /^\n?$/.test(before);
  return !/[\p{Pe}\p{Pf}]/u.test(next);
}

function closes(src: string, at: number, isPaired: boolean): boolean {
  const [last, next] = [src.charAt(at - 1), src.charAt(at + 2)];
  if (/[\p{Ps}\p{Pi}]/u.test(last)) return false;
  if (src.startsWith('__') && isSpacedWord(last) && isSpacedWord(next)) return false;
  if (!/\s/.test(last)) return true;
  // As in **Note: **use, but not in **options, **more and not in **1234 and **5678.
  return isPaired && !/^\*\*(?:[a-z_]\w*[,)]|\d)/.test(src);
}

/** A marker whose end was cut off is nothing that a customer should see. */
function unclosed(src: string, before: string): Span | undefined {
  const isCutOff = /^\*\*\p{L}/u.test(src) && /^\s?$/.test(before) && !src.includes('**', 2);
  return isCutOff && !/^\*\*\w+\s*[,)=]/.test(src) ? { raw: '**', text: '' } : undefined;
}

/** The same of a single asterisk, which also multiplies: only around what introduces the words behind it. */
export function introduction(src: string): Span | undefined {
  const [raw, text] = /^\*(\p{L}[^*_~`\n]{0,80}[:：!！?？。])\*(?=\p{L})/u.exec(src) ?? [];
  return raw && text ? { raw, text } : undefined;
}

// Names that programmers write between two underscores each, and the places where only such names stand.
const codeNames =
  /^__(?:init|main|name|file|dict|doc|all|class|call|new|del|str|repr|len|iter|next|enter|exit|[gs]et(?:item|attr)|slots|version|author|import|pycache|proto|tests|mocks|typename|dirname|FILE|LINE)__$/;

/** What of code begins here, such as `__init__` of `__init__.py` or the asterisks of a path's pattern; undefined where text is bold. */
export function codeName(src: string, before: string): string | undefined {
  const pattern = before === '/' && /^\*{1,2}(?=\/|\.\w)/.exec(src)?.[0];
  if (pattern) return pattern;
  const name = /^__\w+?__(?!\w)/.exec(src)?.[0];
  if (!name) return;
  const isName =
    codeNames.test(name) ||
    /^__[A-Za-z]+(?:_[A-Za-z]+)+__$/.test(name) ||
    (name === name.toLowerCase() &&
      (/^[.\\/]$/.test(before) || /^(?:\.\w|[(\\/[]| ?=)/.test(src.slice(name.length))));
  return isName ? name : undefined;
}
