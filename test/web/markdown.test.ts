import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdown } from '../../web/widget/app/markdown.ts';
import { nodesOf, rendered } from './rendered.ts';

const shown = (text: string) => rendered(markdown(text));

describe('Markdown', () => {
  it.each([
    ['a **b** c', '<p>a <strong>b</strong> c</p>'],
    ['*a* _b_ ~~c~~ `d`', '<p><em>a</em> <em>b</em> <del>c</del> <code>d</code></p>'],
    ['***a***', '<p><strong><em>a</em></strong></p>'],
    ['a_b_c 2*3*4 is', '<p>a_b_c 2<em>3</em>4 is</p>'],
    ['not ** closed, nor `this', '<p>not ** closed, nor `this</p>'],
    ['one\ntwo\n\nthree', '<p>one<br></br>two</p><p>three</p>'],
    ['# Title #', '<p class="heading"><strong>Title</strong></p>'],
    ['- a\n- b\n  - c', '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>'],
    ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['- [x] a\n- [ ] b', '<ul><li>☑ a</li><li>☐ b</li></ul>'],
    ['> a\n> b', '<blockquote><p>a<br></br>b</p></blockquote>'],
    ['```js\nlet a = "*b*";', '<pre tabIndex="0"><code>let a = "*b*";</code></pre>'],
    ['---', '<hr></hr>'],
    ['\\*a\\*', '<p>*a*</p>'],
    ['1 &lt; 2 &amp;&amp; 3', '<p>1 &lt; 2 &amp;&amp; 3</p>'],
  ])('shows %j', (text, html) => {
    expect(shown(text)).toBe(html);
  });

  it.each([
    '[a](https://example.com/x?y=1)',
    '<https://example.com/x?y=1>',
    'see https://example.com/x?y=1.',
    '(https://example.com/x?y=1)',
    '**https://example.com/x?y=1**',
  ])('links %j to where it says, in another tab that knows nothing of this one', (text) => {
    const [link] = nodesOf(markdown(text)).filter(({ type }) => type === 'a');

    expect(link?.props).toMatchObject({
      href: 'https://example.com/x?y=1',
      target: '_blank',
      rel: 'noopener noreferrer',
    });
  });

  it.each([
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt:alert(1))',
    '[a](java\tscript:alert(1))',
    '[a](  javascript:alert(1))',
    '[a](<javascript:alert(1)>)',
    '[a](data:text/html;base64,PHNjcmlwdD4=)',
    '[a](vbscript:msgbox)',
    '[a](file:///etc/passwd)',
    '[a](//example.com)',
    '[a](/relative)',
    '[a](\u0001javascript:alert(1))',
    '![a](javascript:alert(1))',
    '<javascript:alert(1)>',
    '[a](blob:https://example.com/1)',
    '[![a](javascript:x)](javascript:y)',
  ])('links %j nowhere', (text) => {
    expect(nodesOf(markdown(text)).filter(({ type }) => type === 'a')).toEqual([]);
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '<a href="javascript:alert(1)">a</a>',
    '<!-- a -->',
    '<svg/onload=alert(1)>',
    'a <b>c</b>',
  ])('shows %j as it is written', (text) => {
    expect(rendered(markdown(text))).toBe(
      `<p>${text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</p>`,
    );
  });

  it('makes a picture a link, so that nothing is fetched from elsewhere', () => {
    const nodes = nodesOf(markdown('![shoe](https://example.com/a.png)'));

    expect(nodes.map(({ type }) => type)).toEqual(['p', 'a']);
  });
});

/** All that a text may become. */
const allowed: Record<string, string[]> = {
  a: ['href', 'target', 'rel'],
  ol: ['start'],
  p: ['class'],
  div: ['class', 'tabIndex'],
  pre: ['tabIndex'],
};
const plain = [
  'blockquote',
  'br',
  'code',
  'del',
  'em',
  'hr',
  'li',
  'span',
  'strong',
  'table',
  'tbody',
  'td',
  'th',
  'thead',
  'tr',
  'ul',
];

const signs = fc.string({
  unit: fc.constantFrom(
    ...Array.from('*_~`[]()<>!#-+|:\\\n \t"\'&;1.'),
    'a',
    'http://',
    'javascript:',
    '<a href="x" onclick="y">',
    '```',
    '| - |',
    '\n> ',
    '\n- ',
  ),
  maxLength: 400,
});

describe('any text', () => {
  it('becomes nothing but what is known as harmless', () => {
    fc.assert(
      fc.property(signs, (text) => {
        for (const { type, props } of nodesOf(markdown(text))) {
          const { children: _, ...attributes } = props;
          const name = String(type);
          expect([...plain, ...Object.keys(allowed)]).toContain(name);
          expect(allowed[name] ?? []).toEqual(expect.arrayContaining(Object.keys(attributes)));
          if ('href' in attributes) expect(attributes['href']).toMatch(/^(https?|mailto|tel):/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('may be cut anywhere, as it is while it is written', () => {
    const text =
      '# A\n\n1. **b** `c`\n   - [d](https://e.f)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx\n```\n> y';

    for (let end = 0; end <= text.length; end += 1) markdown(text.slice(0, end));
    expect(shown(text)).toContain('<td>2</td>');
  });

  // Each takes milliseconds; what grows with the square of its length would not end in this time.
  it.each([
    '[',
    '![',
    '*',
    '_',
    '**a',
    '`',
    '` ',
    '``a',
    '[a](',
    '<',
    '~~',
    '> ',
    '- ',
    '\\',
    '|',
    '*a _b ',
    'https://a',
    '((',
    '[a](b',
    '1. ',
    '# ',
    '&amp;',
    '\n',
    'www.',
    '- a\n  ',
  ])(
    'is taken apart in bounded time: %j, over and over',
    (piece) => {
      const text = piece.repeat(Math.floor(16_000 / piece.length));

      expect(markdown(text).length).toBeGreaterThanOrEqual(0);
    },
    2_000,
  );

  it('of more than 16,000 characters is shown as it is', () => {
    const text = '*a* '.repeat(5_000);

    expect(shown(text)).toBe(`<p class="plain">${text}</p>`);
  });
});
