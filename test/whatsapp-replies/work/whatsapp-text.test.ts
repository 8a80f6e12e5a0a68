import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWhatsAppText } from '../../../lambdas/whatsapp-replies/work/whatsapp-text.ts';

const notations: [name: string, markdown: string, text: string][] = [
  ['bold', 'a **b** c', 'a *b* c'],
  ['bold in underscores', '__b__', '*b*'],
  ['italic', '*i* and _j_', '_i_ and _j_'],
  ['bold italic', '***x***', '*_x_*'],
  ['italic in bold', '**_x_**', '*_x_*'],
  ['strikethrough', '~~old~~ ~gone~', '~old~ ~gone~'],
  ['bold within bold once', '**a __b__ c**', '*a b c*'],
  ['a format over two lines on each', '**a\nb**', '*a*\n*b*'],
  ['bold in a script without spaces', '这是**重点**内容', '这是*重点*内容'],
  ['inline code', 'Use `x_y`.', 'Use `x_y`.'],
  ['inline code with a backtick', '``a`b``', '```a`b```'],
  ['a code block verbatim', '```js\nif (*a*)\n\n\n\n  b()\n```', '```\nif (*a*)\n\n\n\n  b()\n```'],
  ['a code block that never ends', '~~~\nx', '```\nx\n```'],
  ['headings', '## Prices\nAll of them', '*Prices*\nAll of them'],
  ['bold headings once', '# **Prices** _today_ #', '*Prices _today_*'],
  ['underlined headings', 'Prices\n======\n\nToday\n---', '*Prices*\n\n*Today*'],
  ['a rule below a paragraph', 'a\nb\n---\nc', 'a\nb\n\nc'],
  ['links', '[the docs](https://x.de/a_(b)_c "title")', 'the docs (https://x.de/a_(b)_c)'],
  ['links named like their address', '[x.de](https://www.x.de/)', 'https://www.x.de/'],
  ['addresses', '<https://x.de/a_b_c> www.x.de', 'https://x.de/a_b_c www.x.de'],
  ['mail links', '[us](mailto:a_b@x.de?subject=Hi) <a@x.de>', 'us (a_b@x.de) a@x.de'],
  ['phone links', '[Call](tel:+4930) [+49 30](tel:+4930)', 'Call (+4930) +49 30'],
  ['links that lead nowhere', '[a](#b) [c](sandbox:/d) [e](f.html/g)', 'a c e (f.html/g)'],
  ['bold links', '**[t](https://x.de)**', '*t (https://x.de)*'],
  ['bold addresses plainly', '**https://x.de**', 'https://x.de'],
  ['images', '![A **cat**](https://x.de/c.png)', 'A *cat* (https://x.de/c.png)'],
  ['link definitions literally', '[a][1]\n\n[1]: https://x.de', '[a][1]\n\n[1]: https://x.de'],
  ['nested lists', '* a\n    * b\n        1. c\n* d', '- a\n  - b\n    1. c\n- d'],
  ['lists right below a line', 'Intro:\n- a\n- b', 'Intro:\n- a\n- b'],
  ['loose lists', '- a\n\n- b', '- a\n\n- b'],
  ['numbers as written', '3. a\n7. b', '3. a\n7. b'],
  ['numbers that all start again', '1) a\n1) b', '1) a\n2) b'],
  ['steps with points of their own', '10. a\n    - b\n11. c', '10. a\n    - b\n11. c'],
  ['task lists', '- [ ] a\n- [x] **b**', '☐ a\n☑ *b*'],
  ['code in a list', '- a\n  ```\n    b\n  ```', '- a\n```\n  b\n```'],
  ['quotes', '> a\n> **b**', '> a\n> *b*'],
  ['quotes in quotes once', '> a\n> > b', '> a\n> b'],
  ['lists in quotes', '> - a\n>   - b', '> - a\n>   - b'],
  ['code in quotes', '> a\n> ```\n> b\n> ```', '> a\n```\nb\n```'],
  ['tables', '|**Plan**|Price:|\n|-|-|\n|A|$5|\n|B||', 'Plan: A · Price: $5\nPlan: B'],
  ['tables without rows', '|a|b|\n|-|-|', 'a · b'],
  ['tables with lines in a cell', '|a|\n|-|\n|x<br>y|', 'a: x, y'],
  ['rules', 'a\n\n---\n\n***\nb', 'a\n\nb'],
  ['HTML', '<p>a &amp; <b>b</b><br/>c&nbsp;d &#x1F600;&euro;</p>', 'a & b\nc\u00a0d 😀€'],
  ['HTML lists', '<ul><li>a</li><li>b</li></ul>', '- a\n\n- b'],
  ['HTML links', '<a class="x" href="https://x.de?a&amp;b">t</a>', 't (https://x.de?a&b)'],
  ['HTML comments', 'a <!-- b -->\n<!-- c\n\nd -->\ne', 'a\ne'],
  ['powers and indices', '10<sup>2</sup> H<sub>2</sub>O', '10^2 H2O'],
  [
    'angle brackets that are no HTML',
    '<your name> a <b and c> d <3',
    '<your name> a <b and c> d <3',
  ],
  ['escaped characters', '\\*a\\* \\_b\\_ 1\\. \\# &lt;b&gt;', '*a* _b_ 1. # <b>'],
  ['line breaks', 'a  \nb\\\nc\nd', 'a\nb\nc\nd'],
  ['file citations', 'Yes【4:0†source】. No 【12:3†a b.pdf】【1†c】.', 'Yes. No.'],
  ['file citations in brackets', 'Yes [4:0†source]. No[12†a b.pdf].', 'Yes. No.'],
  ['no reasoning', '<think>**Hm**\n</think>\n**Yes**', '*Yes*'],
  ['an answer within a Markdown fence', '```markdown\n# A\n**b**\n```', '*A*\n*b*'],
  ['a fenced answer with code', '```md\na\n```js\nb\n```\nc\n```\n', 'a\n```\nb\n```\nc'],
  ['a fenced answer with shorter fences', '````markdown\n```\nb\n```\n````', '```\nb\n```'],
  ['a fenced answer that never ends', '```markdown\n**a**', '*a*'],
  [
    'fences beside each other as code',
    '```md\na\n```\nb\n```md\nc\n```',
    '```\na\n```\nb\n```\nc\n```',
  ],
  ['plain lists within lists', '- a\n  + b\n- c', '- a\n+ b\n- c'],
  ['escaped names', 'snake\\_case and \\$5', 'snake_case and $5'],
  ['file citations of newer models', 'Yes \ue200filecite\ue202turn0file0\ue201.', 'Yes.'],
];

const literals = [
  '2 * 3 * 4 = 24, 2*3*4, 2**3**4 and x = 2*y + 3*(z)',
  'snake_case_names and _private',
  'It costs ~$5 to ~$10, (~$6) or (~$7), 5~10 pieces',
  'Open 9:30-17:00, on 24.12. until 12:00 & closed after',
  'https://x.de/a_b_c/*d*/e_(f)?g=h&copy=1#i and www.x.de/_a_',
  '👩🏽‍🚀 🇩🇪 ✔️ 1️⃣',
  'مرحبا (بالعالم) \u200f\u2066abc\u2069',
  'C:\\Users\\x and \\d+',
  'a < b > c, a -> b, <3, x<y>z',
  'AT&T, R&D; &unknown; &amp',
  'Dear A,\nthanks!\n\n    Yours\n  B',
  '#1 choice, #hashtag, 1.5, -5, +49 30 123',
  '[1] and [not a link] (really)',
  '+ 5 EUR shipping\n+ 49 30 123 456\nTotal:\n+ tax',
  'a\n\n+ 5 EUR',
  '>50 EUR ships free\n>= 18 years',
  'a ` b, $x^2$, 100%',
];

const words = fc.string({
  unit: fc.constantFrom(...Array.from('abzÄß9é.,;:?!()\'"/%$€+@äقب漢😀')),
  minLength: 1,
});
const plainLine = fc
  .array(words, { minLength: 1, maxLength: 8 })
  .chain((line) =>
    fc.constantFrom('So', '+', '+ 49', '>9', 'C:\\_x').map((first) => [first, ...line].join(' ')),
  );
const plainText = fc
  .array(plainLine, { minLength: 1, maxLength: 6 })
  .chain((lines) =>
    fc
      .array(fc.constantFrom('\n', '\n\n'), { minLength: lines.length, maxLength: lines.length })
      .map((gaps) => lines.map((line, i) => line + gaps[i]).join('')),
  )
  .map((text) => text.trim());
const markup = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Array.from('*_~`[]()!<>|-#\\&;:=+.\n \t')),
      fc.constantFrom(
        '**',
        '```\n',
        '\n\n',
        '\n- ',
        '\n1. ',
        '\n> ',
        '    ',
        '<br>',
        '</b>',
        '<!--',
      ),
      fc.constantFrom(
        '|-|',
        '---',
        '](',
        'https://x.de/',
        '&#0;',
        '&amp;',
        '【4:0†',
        '】',
        '\ud800',
      ),
      fc.constantFrom('\0', '\u200d', '\r', '\u2028', '👩‍👩‍👧', 'مر', '漢', 'a', 'b1', 'word'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''));

describe('the WhatsApp text of an answer', () => {
  it.each(notations)('shows %s', (_, markdown, text) => {
    expect(toWhatsAppText(markdown)).toBe(text);
  });

  it.each(literals)('leaves %j as it is', (literal) => {
    expect(toWhatsAppText(literal)).toBe(literal);
  });

  it('leaves plain text as it is', () => {
    fc.assert(
      fc.property(plainText, (text) => {
        expect(toWhatsAppText(text)).toBe(text);
      }),
    );
  });

  it('trims, and squeezes empty lines', () => {
    expect(toWhatsAppText('\n\n  a\r\n\r\n \n\r\n\nb\t\n')).toBe('a\n\nb');
    expect(toWhatsAppText(' \n\t\n')).toBe('');
  });

  it('is well-formed, trimmed and free of control characters, whatever the answer', () => {
    fc.assert(
      fc.property(markup, (markdown) => {
        const text = toWhatsAppText(markdown);

        expect(text.isWellFormed()).toBe(true);
        expect(text).toBe(text.trim());
        expect(text).not.toMatch(/(?![\n\t])\p{Cc}/u);
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps every letter and digit of an answer without links, HTML and entities', () => {
    const unlinked = markup.filter((text) => !/[<[&\ue200†]|\d[.)]/.test(text));
    fc.assert(
      fc.property(unlinked, (markdown) => {
        const fenced = /```|~~~/.test(markdown);
        fc.pre(!fenced);
        const letters = (text: string) => text.toWellFormed().replace(/[^\p{L}\p{N}]/gu, '');
        expect(letters(toWhatsAppText(markdown))).toBe(letters(markdown));
      }),
      { numRuns: 500 },
    );
  });

  it('of a text without formats is the same a second time', () => {
    const lists = fc.constantFrom(
      '- a\n  - b\n- c',
      '1. a\n   - b\n     c',
      '> a\n> b',
      'a: b · c',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(lists, plainText), { maxLength: 5 }), (blocks) => {
        const once = toWhatsAppText(blocks.join('\n\n'));
        expect(toWhatsAppText(once)).toBe(once);
      }),
    );
  });

  it.each([
    ['>'],
    ['> '],
    ['- '],
    ['1. '],
    ['*a'],
    ['_a '],
    ['**a '],
    ['['],
    ['![a]('],
    ['`'],
    ['<a '],
    ['<!--\n\n'],
    ['~~a'],
    ['\n'],
    [' \n'],
    ['a@'],
    ['http://a'],
    ['|a\n|-\n'],
    ['\0'],
    ['\ud800'],
  ])('is made of 100,000 characters of %j', (unit) => {
    const markdown = unit.repeat(100_000 / unit.length);

    for (const text of [`a${markdown}b`, markdown]) {
      expect(toWhatsAppText(text).length).toBeLessThan(10 * text.length);
    }
  });

  it('of lists and quotes 5,000 levels deep is ready as well', () => {
    const text = toWhatsAppText(`${'> '.repeat(5_000)}deep\n\n${'- '.repeat(5_000)}deeper`);

    expect(text).toContain('deep');
    expect(text).toContain('deeper');
  });
});
