import { Lexer, type Token, Tokenizer, type Tokens } from 'marked';

const maxNesting = 12;
const maxInlineChars = 3_000;
const maxInlineMarkers = 120;

/**
 * The tokens of a model's Markdown (GFM), read so that no text gets lost: HTML blocks, indented
 * code, link definitions and single tildes are ordinary text. Takes time linear in the text's length.
 */
export function lexMarkdown(markdown: string): Token[] {
  return new BoundedLexer({ gfm: true, tokenizer: new TextKeepingTokenizer() }).lex(markdown);
}

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

  override list(src: string): Tokens.List | undefined {
    return this.#nested(() => super.list(src));
  }

  override blockquote(src: string): Tokens.Blockquote | undefined {
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
