import type { MarkedToken, Token, Tokens } from 'marked';
import { isSpacedWord } from './characters.ts';
import { anchorHref, decodeEntities, tagText } from './html.ts';
import { linkText } from './links.ts';

type Marker = '*' | '_' | '~';
type Span = Tokens.Strong | Tokens.Em | Tokens.Del;

const markers = { strong: '*', em: '_', del: '~' } as const satisfies Record<Span['type'], Marker>;

/** Inline Markdown in WhatsApp's notation; the markers in `open` are set around it already. */
export function inlineText(tokens: readonly Token[], open = ''): string {
  const anchors: { href: string; from: number }[] = [];
  let text = '';
  for (const [i, token] of tokens.entries()) {
    const href = token.type === 'html' ? anchorHref(token.raw) : undefined;
    if (href) anchors.push({ href, from: text.length });
    const anchor = href === '' ? anchors.pop() : undefined;
    if (anchor) text = text.slice(0, anchor.from) + linkText(text.slice(anchor.from), anchor.href);
    else text += tokenText(token as MarkedToken, open, tokens[i - 1]?.raw ?? '');
  }
  return text;
}

/** The text between a pair of markers on each of its lines, as WhatsApp formats no further. */
export function marked(marker: Marker, text: string): string {
  return text.replace(/\S[^\n]*/g, (line) => {
    const body = line.trimEnd();
    // WhatsApp takes a marker behind an address for a part of it.
    if (/^[*_~]*(?:www\.|[a-z]+:\/\/)/i.test(body.slice(body.lastIndexOf(' ') + 1))) return line;
    return marker + body + marker + line.slice(body.length);
  });
}

function tokenText(token: MarkedToken, open: string, before: string): string {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return spanText(token, open, before);
    case 'codespan':
      return codeText(token.text);
    case 'link':
      return token.autolink
        ? token.text.replace(/^mailto:/, '')
        : linkText(inlineText(token.tokens, open), decodeEntities(token.href));
    case 'image':
      return linkText(inlineText(token.tokens, open), decodeEntities(token.href));
    case 'html':
      return tagText(token.raw);
    case 'escape':
      return token.text;
    case 'br':
      return '\n';
    case 'checkbox':
      return '';
    default:
      return decodeEntities(token.raw);
  }
}

function spanText(token: Span, open: string, before: string): string {
  const marker = markers[token.type];
  // WhatsApp starts no format inside a word, and 2*3*4 is no emphasis.
  if (isSpacedWord(Array.from(before.slice(-2)).at(-1) ?? '')) {
    const written = token.raw.slice(0, token.text === token.raw.slice(1, -1) ? 1 : 2);
    return written + inlineText(token.tokens, open) + written;
  }
  const [inner] = token.tokens;
  if (open === '' && token.type === 'em' && inner?.type === 'strong' && inner.raw === token.text) {
    return marked('*', marked('_', inlineText(inner.tokens ?? [], '*_')));
  }
  if (open.includes(marker)) return inlineText(token.tokens, open);
  return marked(marker, inlineText(token.tokens, open + marker));
}

function codeText(code: string): string {
  if (code.includes('```') || code.trim() === '') return code;
  return code.includes('`') ? `\`\`\`${code}\`\`\`` : `\`${code}\``;
}
