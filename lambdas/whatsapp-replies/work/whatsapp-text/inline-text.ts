import { decode } from 'html-entities';
import type { MarkedToken, Token, Tokens } from 'marked';
import { isSpacedWord } from './characters.ts';

type Marker = '*' | '_' | '~';
type Span = Tokens.Strong | Tokens.Em | Tokens.Del;

const markers = { strong: '*', em: '_', del: '~' } as const satisfies Record<Span['type'], Marker>;

/** Inline Markdown in WhatsApp's notation; the markers in `open` are set around it already. */
export function inlineText(tokens: readonly Token[], open = ''): string {
  const anchors: { href: string; from: number }[] = [];
  let text = '';
  let last = '';
  for (const [i, token] of tokens.entries()) {
    const href = token.type === 'html' ? anchorHref(token.raw) : undefined;
    if (href) anchors.push({ href, from: text.length });
    const anchor = href === '' ? anchors.pop() : undefined;
    if (anchor) text = text.slice(0, anchor.from) + linkText(text.slice(anchor.from), anchor.href);
    const next = anchor ? '' : tokenText(token as MarkedToken, open, besides(tokens, i));
    text += gapBetween(last, next, token) + next;
    last = next.at(-1) ?? last;
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

/** Two formats beside each other are set apart, as WhatsApp reads two markers in a row as none. */
const gapBetween = (last: string, next: string, { type }: Token): string =>
  type in markers && last !== '' && '*_~'.includes(last) && last === next[0] ? ' ' : '';

/** What stands before and behind a token. */
type Beside = readonly [before: string, after: string];

const besides = (tokens: readonly Token[], i: number): Beside => [
  tokens[i - 1]?.raw ?? '',
  tokens[i + 1]?.raw ?? '',
];

function tokenText(token: MarkedToken, open: string, beside: Beside): string {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return spanText(token, open, beside);
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

function spanText(token: Span, open: string, beside: Beside): string {
  const marker = markers[token.type];
  const before = Array.from(beside[0].slice(-2)).at(-1) ?? '';
  const after = Array.from(beside[1].slice(0, 2))[0] ?? '';
  const endsInWord = isSpacedWord(after) && /\S/.test(token.text.at(-1) ?? '');
  // WhatsApp formats no part of a word.
  if (isSpacedWord(before) || endsInWord) {
    const text = inlineText(token.tokens, open);
    if (isFormula(token, before, after)) {
      const written = token.raw.slice(0, token.text === token.raw.slice(1, -1) ? 1 : 2);
      return written + text + written;
    }
    const endsClause = !isSpacedWord(before) && /\p{P}/u.test(text.at(-1) ?? '');
    return endsClause && !open.includes(marker) ? `${marked(marker, text)} ` : text;
  }
  const [inner] = token.tokens;
  if (open === '' && token.type === 'em' && inner?.type === 'strong' && inner.raw === token.text) {
    return marked('*', marked('_', inlineText(inner.tokens ?? [], '*_')));
  }
  if (open.includes(marker)) return inlineText(token.tokens, open);
  return marked(marker, inlineText(token.tokens, open + marker));
}

/** Whether its markers multiply: 2*3*4, 2**3**4, x**2 + y**2, width*height*depth. */
function isFormula({ raw, text }: Span, before: string, after: string): boolean {
  const isBetween = isSpacedWord(before) && isSpacedWord(after);
  const isBesideNumber = /\p{N}/u.test(before + after);
  if (text === raw.slice(1, -1)) return isBetween || isBesideNumber || !/\p{L}{2}/u.test(text);
  // As in f(**more, **kwargs), in contrast to a price or a sentence: **10,000원**입니다.
  const isArgument = /^[a-z_]\w*[,)]/.test(text);
  if (isArgument || (/\p{N}/u.test(before) && !/\p{L}/u.test(text))) return true;
  return (
    isBetween &&
    /\w/.test(before) &&
    ((/^[\w\s.+()-]*$/.test(text) && !/\p{L}{2}/u.test(text)) || /\s[-+*/=<>]\s/.test(text))
  );
}

function codeText(code: string): string {
  if (code.includes('```') || code.trim() === '') return code;
  return code.includes('`') ? `\`\`\`${code}\`\`\`` : `\`${code}\``;
}

/** The text with its character references resolved; what is none, such as `&copy=` of an address, stays. */
export const decodeEntities = (text: string): string => decode(text, { scope: 'strict' });

const inlineElements =
  'a|abbr|b|bdi|bdo|big|center|cite|code|data|del|dfn|em|font|i|img|input|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr';
const blockElements =
  'address|article|aside|blockquote|body|caption|dd|details|div|dl|dt|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|li|main|nav|ol|p|pre|script|section|style|summary|table|tbody|td|tfoot|th|thead|tr|ul|br';
// An attribute without a value is accepted only by name: `a <b and c> d` is no HTML.
const attribute =
  '\\s+(?:[\\w:-]+\\s*=\\s*(?:"[^"]*"|\'[^\']*\'|[^\\s"\'=<>`]+)|open|checked|disabled|hidden)';
const tag = new RegExp(
  `^<(/?)(?:(${inlineElements})|(${blockElements}))((?:${attribute})*)\\s*/?>$`,
  'i',
);

/** What a tag contributes to plain text; a tag that HTML does not know is literal text. */
function tagText(raw: string): string {
  if (/^<!(?:--|doctype)/i.test(raw)) return '';
  const match = tag.exec(raw);
  if (!match) return raw;
  const [, slash, inline, block] = match;
  if (inline) return !slash && inline.toLowerCase() === 'sup' ? '^' : '';
  if (/^t[dh]$/i.test(block ?? '')) return slash ? ' ' : '';
  return !slash && block?.toLowerCase() === 'li' ? '\n- ' : '\n';
}

/** The destination of an opening `<a>` tag, '' of a closing one, undefined of any other tag. */
function anchorHref(raw: string): string | undefined {
  if (/^<\/a\s*>$/i.test(raw)) return '';
  const href = /^<a\s(?:.*?\s)?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/is.exec(raw);
  return href ? decodeEntities(href[1] ?? href[2] ?? href[3] ?? '') : undefined;
}

/** A link as WhatsApp can show it: `label (address)`, or one of the two where they say the same. */
function linkText(label: string, href: string): string {
  const address = addressOf(href.trim());
  if (address === '') return label;
  if (label.trim() === '') return address;
  if (href.startsWith('tel:') && digits(label) === digits(address)) return label;
  return bare(label) === bare(address) ? address : `${label} (${address})`;
}

/** What a customer can tap or copy; '' for what leads nowhere on a phone. */
function addressOf(href: string): string {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(href)?.[1]?.toLowerCase();
  if (scheme === 'mailto') return href.slice('mailto:'.length).replace(/\?.*$/s, '');
  if (scheme === 'tel') return href.slice('tel:'.length).replace(/;.*$/s, '');
  const leadsNowhere = scheme
    ? /^(?:javascript|vbscript|data|file|blob|about|cid|sandbox)$/.test(scheme)
    : !/^(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]|$)/i.test(href);
  return leadsNowhere ? '' : href.replace(/\s/g, encodeURIComponent);
}

function bare(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/|mailto:)?(?:www\.)?/, '')
    .replace(/\/$/, '');
}

function digits(text: string): string {
  return text.replace(/[^\d+]/g, '');
}
