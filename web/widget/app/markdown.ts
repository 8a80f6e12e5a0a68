import { Lexer, type Token, type Tokens } from 'marked';
import { type ComponentChild, h } from 'preact';

/** Longer texts are shown as they are: to take them apart may take long. */
const longest = 16_000;

/** Markdown as virtual nodes: what is not known as harmless is text, and HTML is text always. */
export function markdown(text: string): ComponentChild[] {
  if (text.length > longest) return [plain(text)];
  try {
    return blocks(Lexer.lex(text, { gfm: true, breaks: true }));
  } catch {
    // Nested deeper than the lexer can go.
    return [plain(text)];
  }
}

const plain = (text: string): ComponentChild => h('p', { class: 'plain' }, text);

const blocks = (tokens: readonly Token[] | undefined): ComponentChild[] => (tokens ?? []).map(node);

/** The protocols that a link may have. */
const linkable = ['http:', 'https:', 'mailto:', 'tel:'];

/** Where a link may lead; undefined where it may not, and relative ones lead nowhere that is known here. */
export function safeHref(href: string): string | undefined {
  try {
    const url = new URL(href);
    return linkable.includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function link(href: string, children: ComponentChild[]): ComponentChild {
  const safe = safeHref(href);
  return safe === undefined
    ? h('span', null, children)
    : h('a', { href: safe, target: '_blank', rel: 'noopener noreferrer' }, children);
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  nbsp: '\u00a0',
};
const decoded = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => entities[name] ?? whole);

function node(token: Token): ComponentChild {
  const one = token as Tokens.Generic;
  const inner = (): ComponentChild[] => blocks(one.tokens);
  switch (one.type) {
    case 'space':
    case 'def':
    case 'checkbox':
      return null;
    case 'heading':
      return h('p', { class: 'heading' }, h('strong', null, inner()));
    case 'paragraph':
      return h('p', null, inner());
    case 'strong':
    case 'em':
    case 'del':
    case 'blockquote':
      return h(one.type, null, inner());
    case 'br':
    case 'hr':
      return h(one.type, null);
    case 'code':
      return h('pre', { tabIndex: 0 }, h('code', null, String(one['text'])));
    case 'codespan':
      return h('code', null, String(one['text']));
    case 'list':
      return list(one as Tokens.List);
    case 'table':
      return table(one as Tokens.Table);
    case 'link':
      return link(String(one['href']), inner());
    case 'image':
      // A picture of elsewhere would tell elsewhere who reads.
      return link(String(one['href']), [String(one['text']) || String(one['href'])]);
    case 'text':
      return one.tokens ? h('span', null, inner()) : decoded(String(one['text']));
    case 'escape':
      return String(one['text']);
    default:
      return String(one.raw);
  }
}

function list({ ordered, start, items }: Tokens.List): ComponentChild {
  const item = ({ tokens, task, checked }: Tokens.ListItem) =>
    h('li', null, task ? (checked ? '☑ ' : '☐ ') : null, blocks(tokens));
  const first = typeof start === 'number' && start !== 1 ? { start } : null;
  return ordered ? h('ol', first, items.map(item)) : h('ul', null, items.map(item));
}

function table({ header, rows }: Tokens.Table): ComponentChild {
  const row = (name: 'th' | 'td') => (cells: Tokens.TableCell[]) =>
    h(
      'tr',
      null,
      cells.map(({ tokens }) => h(name, null, blocks(tokens))),
    );
  return h(
    'div',
    { class: 'table', tabIndex: 0 },
    h('table', null, h('thead', null, row('th')(header)), h('tbody', null, rows.map(row('td')))),
  );
}
