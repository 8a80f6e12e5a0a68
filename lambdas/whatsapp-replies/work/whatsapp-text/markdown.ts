import { Lexer, type Token, Tokenizer, type Tokens } from 'marked';
import { isSpacedWord } from './characters.ts';

const maxNesting = 12;
const maxInlineChars = 3_000;
const maxInlineMarkers = 120;

/**
 * The tokens of a model's Markdown (GFM), read so that no text gets lost: HTML blocks, indented
 * code, link definitions and single tildes are ordinary text. Takes time linear in the text's length.
 */
export function lexMarkdown(markdown: string): Token[] {
  const tokenizer = new TextKeepingTokenizer();
  return new BoundedLexer({ gfm: true, tokenizer, extensions }).lex(markdown);
}

/** Models pair markers where CommonMark sees none, as next to scripts without spaces, and write names of code. */
function pairs(this: { lexer: Lexer }, src: string, tokens: readonly Token[]): Token | undefined {
  if (!/^(?:\*|__|~~)/.test(src)) return;
  const last = tokens.at(-1);
  // The end of another span is no marker that this one continues.
  const before = last && 'tokens' in last ? '.' : (last?.raw.at(-1) ?? '');
  const name = codeName(src, before);
  if (name) return { type: 'escape', raw: name, text: name };
  const introduced = before === '*' ? undefined : introduction(src);
  const span = introduced ?? pairedSpan(src, before);
  if (!span) return;
  // Three markers are bold within italic.
  const isTriple = span.raw.startsWith('***');
  const text = isTriple ? span.raw.slice(1, -1) : span.text;
  const type = src.startsWith('~') ? 'del' : introduced || isTriple ? 'em' : 'strong';
  return { type, raw: span.raw, text, tokens: this.lexer.inlineTokens(text) };
}

const extensions = { inline: [pairs], renderers: {}, childTokens: {} };

class TextKeepingTokenizer extends Tokenizer {
  #depth = 0;

  override code(): undefined {}

  override def(): undefined {}

  override html(src: string): Tokens.HTML | undefined {
    return /^ {0,3}<!--[\s\S]{0,1000}?-->/.test(src) ? super.html(src) : undefined;
  }

  // Several lines above a rule are a paragraph and a rule: hardly anybody means a heading.
  override lheading(src: string): Tokens.Heading | undefined {
    if (this.lexer.state.lastToken?.type === 'paragraph') return;
    const heading = super.lheading(src);
    return heading?.text.includes('\n') ? undefined : heading;
  }

  // A single tilde means "about": (~$5) and (~$6).
  override del(src: string, maskedSrc: string, before?: string): Tokens.Del | undefined {
    return src.startsWith('~~') ? super.del(src, maskedSrc, before) : undefined;
  }

  // A plus is a plus: + 5 EUR, + 49 30.
  override list(src: string): Tokens.List | undefined {
    if (/^ {0,3}\+/.test(src)) return;
    return this.#nested(() => super.list(src));
  }

  // More than is no quote: >50 EUR, >= 18.
  override blockquote(src: string): Tokens.Blockquote | undefined {
    if (/^ {0,3}>[\p{N}\p{Sc}=]/u.test(src)) return;
    return this.#nested(() => super.blockquote(src));
  }

  #nested<T>(read: () => T | undefined): T | undefined {
    if (this.#depth >= maxNesting) return;
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }
}

/** Reads long runs of text in pieces, as looking for emphasis takes time quadratic in its input. */
class BoundedLexer extends Lexer {
  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    for (let from = 0; from < src.length; ) {
      const to = pieceEnd(src, from);
      super.inlineTokens(src.slice(from, to), tokens);
      from = to;
    }
    return tokens;
  }
}

function pieceEnd(text: string, from: number): number {
  let markers = 0;
  let space = 0;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if ('*_~`[<!@'.includes(char)) markers += 1;
    if (markers > maxInlineMarkers || at - from >= maxInlineChars) {
      return space > from ? space : at;
    }
    if (char === '\n' || (char === ' ' && text[space - 1] !== '\n')) space = at + 1;
  }
  return text.length;
}

/** Markup from its first marker to its last, and what stands between the two. */
interface Span {
  raw: string;
  text: string;
}

/**
 * The span that begins with a doubled marker and ends with the next one, as a model means it; undefined where
 * the marker begins none. Takes time linear in the text behind it.
 */
function pairedSpan(src: string, before: string): Span | undefined {
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
function introduction(src: string): Span | undefined {
  const [raw, text] = /^\*(\p{L}[^*_~`\n]{0,80}[:：!！?？。])\*(?=\p{L})/u.exec(src) ?? [];
  return raw && text ? { raw, text } : undefined;
}

// Names that programmers write between two underscores each, and the places where only such names stand.
const codeNames =
  /^__(?:init|main|name|file|dict|doc|all|class|call|new|del|str|repr|len|iter|next|enter|exit|[gs]et(?:item|attr)|slots|version|author|import|pycache|proto|tests|mocks|typename|dirname|FILE|LINE)__$/;

/** What of code begins here, such as `__init__` of `__init__.py` or the asterisks of a path's pattern; undefined where text is bold. */
function codeName(src: string, before: string): string | undefined {
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
