import { Lexer, type Token, Tokenizer, type Tokens } from 'marked';
import { codeName, introduction, pairedSpan } from './pairs.ts';

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
