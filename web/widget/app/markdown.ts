import { type ComponentChild, h } from 'preact';
import { deepest, inline } from './inline.ts';

/** Longer texts are shown as they are: to take them apart may take long. */
const longest = 16_000;

/**
 * Markdown as virtual nodes: paragraphs, headings, lists, quotes, code, tables and what stands in a line. What is not
 * known is text, and HTML is text always.
 */
export const markdown = (text: string): ComponentChild[] =>
  text.length > longest
    ? [h('p', { class: 'plain' }, text)]
    : blocks(text.replaceAll(/\r\n?/g, '\n').split('\n'), 0);

const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const heading = /^ {0,3}#{1,6}(?:\s+(.*?))?(?:\s+#*)?\s*$/;
const rule = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const quote = /^ {0,3}> ?/;
const item = /^( {0,3})([-*+]|\d{1,9}[.)])( +(?=\S)|$)/;
const delimiters = /^ {0,3}\|?( *:?-+:? *\|)* *:?-+:? *\|?\s*$/;

function blocks(lines: readonly string[], depth: number): ComponentChild[] {
  const nodes: ComponentChild[] = [];
  let at = 0;
  const line = (index = at): string => lines[index] ?? '';
  /** The lines from here on for which it holds. */
  const run = (holds: (text: string, index: number) => boolean): string[] => {
    const from = at;
    while (at < lines.length && holds(line(), at)) at += 1;
    return lines.slice(from, at);
  };
  const isTable = (index: number): boolean =>
    line(index).includes('|') &&
    line(index + 1).includes('-') &&
    delimiters.test(line(index + 1)) &&
    cells(line(index)).length === cells(line(index + 1)).length;
  const nests = depth < deepest;

  while (at < lines.length) {
    const first = line();
    const fenced = fence.exec(first)?.[1];
    const itemized = nests ? item.exec(first) : null;
    if (first.trim() === '') at += 1;
    else if (fenced) {
      at += 1;
      const end = new RegExp(`^ {0,3}${fenced[0]}{${fenced.length},}\\s*$`);
      const code = run((text) => !end.test(text));
      at += 1;
      nodes.push(h('pre', { tabIndex: 0 }, h('code', null, code.join('\n'))));
    } else if (heading.test(first)) {
      const said = heading.exec(first)?.[1] ?? '';
      nodes.push(h('p', { class: 'heading' }, h('strong', null, inline(said))));
      at += 1;
    } else if (rule.test(first)) {
      nodes.push(h('hr', null));
      at += 1;
    } else if (nests && quote.test(first)) {
      const inside = run((text) => quote.test(text)).map((text) => text.replace(quote, ''));
      nodes.push(h('blockquote', null, blocks(inside, depth + 1)));
    } else if (itemized) nodes.push(list(itemized));
    else if (isTable(at)) nodes.push(table());
    else {
      const from = at;
      const said = run(
        (text, index) => index === from || !(text.trim() === '' || beginsBlock(text, index)),
      );
      nodes.push(h('p', null, inline(said.map((text) => text.trim()).join('\n'))));
    }
  }
  return nodes;

  /** Whether a line ends the paragraph above it. */
  function beginsBlock(text: string, index: number): boolean {
    const [, , sign = '', gap = ''] = item.exec(text) ?? [];
    return (
      fence.test(text) ||
      heading.test(text) ||
      rule.test(text) ||
      (nests && quote.test(text)) ||
      (nests && gap !== '' && /^([-*+]|1[.)])$/.test(sign)) ||
      isTable(index)
    );
  }

  function list([, , sign = '']: RegExpExecArray): ComponentChild {
    const kind = sign.at(-1);
    const items: ComponentChild[] = [];
    for (;;) {
      const [whole, , its] = item.exec(line()) ?? [];
      if (whole === undefined || its?.at(-1) !== kind || rule.test(line())) break;
      const width = Math.max(whole.length, (its?.length ?? 0) + 1);
      const begun = line().slice(whole.length);
      at += 1;
      const rest = run((text, index) => {
        if (text.trim() === '')
          return /^\s/.test(lines.slice(index).find((one) => one.trim()) ?? '');
        const indented = text.search(/\S/) >= width;
        return (
          indented ||
          (line(index - 1).trim() !== '' && !item.test(text) && !beginsBlock(text, index))
        );
      });
      const inside = [begun, ...rest.map((text) => text.replace(new RegExp(`^ {0,${width}}`), ''))];
      items.push(h('li', null, unwrapped(checked(inside), depth)));
      // An empty line between items.
      const next = lines.findIndex((text, index) => index >= at && text.trim() !== '');
      if (next > at && item.exec(line(next))?.[2]?.at(-1) === kind) at = next;
    }
    const start = Number.parseInt(sign, 10);
    if (Number.isNaN(start)) return h('ul', null, items);
    return h('ol', start === 1 ? null : { start }, items);
  }

  function table(): ComponentChild {
    const head = cells(line());
    at += 2;
    const body = run((text, index) => text.trim() !== '' && !beginsBlock(text, index)).map(cells);
    const row = (name: 'th' | 'td') => (texts: string[]) =>
      h(
        'tr',
        null,
        head.map((_, index) => h(name, null, inline(texts[index] ?? ''))),
      );
    return h(
      'div',
      { class: 'table', tabIndex: 0 },
      h('table', null, h('thead', null, row('th')(head)), h('tbody', null, body.map(row('td')))),
    );
  }
}

/** The texts between the bars of a line. */
const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((text) => text.trim().replaceAll('\\|', '|'));

/** A box that is ticked or not, as a sign. */
const checked = ([first = '', ...rest]: string[]): string[] => [
  first.replace(/^\[([ xX])\] /, (_, sign: string) => (sign === ' ' ? '☐ ' : '☑ ')),
  ...rest,
];

/** The blocks of an item: a paragraph at its beginning needs no node of its own. */
function unwrapped(lines: string[], depth: number): ComponentChild[] {
  const nodes = blocks(lines, depth + 1);
  const [first] = nodes;
  const isParagraph =
    typeof first === 'object' && first !== null && 'type' in first && first.type === 'p';
  return isParagraph && 'props' in first && !('class' in first.props)
    ? [first.props.children, ...nodes.slice(1)]
    : nodes;
}
