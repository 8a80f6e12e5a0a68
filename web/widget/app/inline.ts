import { type ComponentChild, h } from 'preact';

/** Deeper than that nothing is nested: the rest is text. */
export const deepest = 12;
const longestLabel = 1_000;
const longestHref = 2_000;

/** The protocols that a link may have. */
const linkable = ['http:', 'https:', 'mailto:', 'tel:'];

/** Where a link may lead; undefined where it may not, and relative ones lead nowhere that is known here. */
function safeHref(href: string): string | undefined {
  try {
    const url = new URL(href);
    return linkable.includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function link(href: string, children: ComponentChild): ComponentChild {
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

const isWord = (char: string | undefined): boolean => /[\p{L}\p{N}]/u.test(char ?? '');
const isSpace = (char: string | undefined): boolean => char === undefined || /\s/.test(char);

/** What begins other than as text. */
const special = /[\\`*_~[!<\n]|https?:\/\/|www\./g;
const marks: readonly (readonly [string, string])[] = [
  ['**', 'strong'],
  ['__', 'strong'],
  ['~~', 'del'],
  ['*', 'em'],
  ['_', 'em'],
];

/** Emphasis, code, links and line breaks of a text; everything else, HTML included, is text. */
export function inline(text: string, depth = 0): ComponentChild[] {
  if (depth > deepest) return [text];
  const nodes: ComponentChild[] = [];
  /** Marks that are not closed from here on. */
  const open = new Set<string>();
  let done = 0;
  let at = 0;
  const take = (end: number, node: ComponentChild): true => {
    if (at > done) nodes.push(decoded(text.slice(done, at)));
    nodes.push(node);
    done = end;
    at = end;
    return true;
  };

  const code = (): boolean => {
    const [ticks = ''] = /^`+/.exec(text.slice(at, at + 100)) ?? [];
    const end = open.has(ticks) ? -1 : endOfCode(text, at, ticks);
    if (end < 0) {
      open.add(ticks);
      at += ticks.length - 1;
      return false;
    }
    const inner = text.slice(at + ticks.length, end).replaceAll('\n', ' ');
    return take(end + ticks.length, h('code', null, inner.replace(/^ (.*[^ ].*) $/, '$1')));
  };

  const marked = (): boolean => {
    for (const [mark, name] of marks) {
      if (!text.startsWith(mark, at) || open.has(mark)) continue;
      if (isSpace(text[at + mark.length]) || (mark[0] === '_' && isWord(text[at - 1]))) continue;
      const end = closing(text, at + mark.length, mark);
      if (end < 0) open.add(mark);
      else {
        const inner = inline(text.slice(at + mark.length, end), depth + 1);
        return take(end + mark.length, h(name, null, inner));
      }
    }
    return false;
  };

  const linked = (from: number): boolean => {
    const label = endOf(text, from, '[', ']', longestLabel);
    if (label < 0 || text[label + 1] !== '(') return false;
    const end = endOf(text, label + 1, '(', ')', longestHref);
    const inside = /^\s*(?:<([^<>\n]*)>|(\S*))(?:\s+(?:"[^"]*"|'[^']*'))?\s*$/.exec(
      end < 0 ? ' \n' : text.slice(label + 2, end),
    );
    if (!inside || end < 0) return false;
    const href = inside[1] ?? inside[2] ?? '';
    const said = text.slice(from + 1, label);
    // A picture of elsewhere would tell elsewhere who reads: it is a link.
    return take(end + 1, link(href, from > at ? said || href : inline(said, depth + 1)));
  };

  const bare = (): boolean => {
    if (isWord(text[at - 1])) return false;
    const [found = ''] = /^\S*?(?=[\s<]|$)/.exec(text.slice(at, at + longestHref)) ?? [];
    const address = trimmed(found);
    if (!/[\p{L}\p{N}]$|[/)=&#%-]$/u.test(address) || !/\.|:\/\/./.test(address)) return false;
    const href = address.startsWith('www.') ? `http://${address}` : address;
    return take(at + address.length, link(href, address));
  };

  const bracketed = (): boolean => {
    const [whole, address = ''] =
      /^<((?:https?:\/\/|mailto:)[^\s<>]*|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>/.exec(
        text.slice(at, at + longestHref),
      ) ?? [];
    if (!whole) return false;
    const href = /^(https?|mailto):/.test(address) ? address : `mailto:${address}`;
    return take(at + whole.length, link(href, address));
  };

  const begins = (char: string | undefined): boolean => {
    switch (char) {
      case '\\': {
        const next = text[at + 1] ?? '';
        if (next === '\n') return take(at + 2, h('br', null));
        return /[!-/:-@[-`{-~]/.test(next) && take(at + 2, next);
      }
      case '\n':
        return take(at + 1, h('br', null));
      case '`':
        return code();
      case '[':
        return linked(at);
      case '!':
        return text[at + 1] === '[' && linked(at + 1);
      case '<':
        return bracketed();
      case 'h':
      case 'w':
        return bare();
      default:
        return marked();
    }
  };

  for (;;) {
    special.lastIndex = at;
    const found = special.exec(text);
    if (!found) break;
    at = found.index;
    if (!begins(text[at])) at += 1;
  }
  at = text.length;
  if (at > done) nodes.push(decoded(text.slice(done)));
  return nodes;
}

/** Where the code that these ticks begin ends; -1 where it does not. */
function endOfCode(text: string, from: number, ticks: string): number {
  let at = from + ticks.length;
  for (;;) {
    at = text.indexOf(ticks, at);
    if (at < 0) return -1;
    let end = at;
    while (text[end] === '`') end += 1;
    if (end - at === ticks.length) return at;
    at = end;
  }
}

/** Where a mark closes, past escapes and code; -1 where it does not. */
function closing(text: string, from: number, mark: string): number {
  const [char = ''] = mark;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '`') {
      let end = at;
      while (text[end] === '`') end += 1;
      const ticks = text.slice(at, end);
      const close = endOfCode(text, at, ticks);
      at = (close < 0 ? end : close + ticks.length) - 1;
    } else if (text[at] === char) {
      let end = at;
      while (text[end] === char) end += 1;
      const run = end - at;
      const fits = mark.length === 2 ? run >= 2 : run === 1 || run === 3;
      const closes = !isSpace(text[at - 1]) && at > from && !(char === '_' && isWord(text[end]));
      if (fits && closes) return end - mark.length;
      at = end - 1;
    }
  }
  return -1;
}

/** Where a bracket closes, others of its kind within; -1 where it does not, or only far away. */
function endOf(text: string, from: number, open: string, close: string, longest: number): number {
  let nested = 0;
  const last = Math.min(text.length, from + longest);
  for (let at = from; at < last; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === open) nested += 1;
    else if (text[at] === close) {
      nested -= 1;
      if (nested === 0) return at;
    }
  }
  return -1;
}

/** An address without the signs of the sentence that it ends. */
function trimmed(address: string): string {
  let text = address;
  for (;;) {
    const last = text.at(-1) ?? '';
    const opens = text.split('(').length;
    const isSign = /[?!.,:;*_~'"]/.test(last) || (last === ')' && text.split(')').length > opens);
    if (!isSign) return text;
    text = text.slice(0, -1);
  }
}
