import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWhatsAppText } from '../../../lambdas/whatsapp-replies/work/whatsapp-text.ts';

const spans: [name: string, markdown: string, text: string][] = [
  ['bold before a word', '**Note:**use it', '*Note:* use it'],
  ['bold that ends with a space', '**Note: **use', '*Note:* use'],
  ['bold that begins with a space', '** Note:** use', '*Note:* use'],
  ['bold before a script without spaces', '**配送时间：**三天', '*配送时间：*三天'],
  [
    'each bold of a line',
    '**配送：**三天，**费用：**免费，共**三件**。',
    '*配送：*三天，*费用：*免费，共*三件*。',
  ],
  ['bold quotes in a script without spaces', '这是**“重点”**内容', '这是*“重点”*内容'],
  ['bold in Japanese', '**「送料」**は**無料**です', '*「送料」*は*無料*です'],
  ['bold in Thai', 'ราคา**รวม**แล้ว', 'ราคา*รวม*แล้ว'],
  ['no bold within a word', 'ה**מחיר** הוא', 'המחיר הוא'],
  ['no bold behind an article', 'وال**توصيل** مجاني', 'والتوصيل مجاني'],
  ['no bold at a word’s beginning', 'all **hous**es, **Ауди**тория', 'all houses, Аудитория'],
  ['no bold behind a word', 'word**(note)** and', 'word(note) and'],
  ['bold right behind bold', '**a:****b**', '*a:* *b*'],
  ['bold of what was cut off', 'It is **very impor', 'It is very impor'],
  ['struck before a script without spaces', '~~旧：~~新', '~旧：~新'],
  ['bold of an own language within brackets', '(**שימו לב:** חשוב)', '(*שימו לב:* חשוב)'],
  ['underscored bold before a full stop', '__Important__. Yes', '*Important*. Yes'],
  ['bold over two lines before a script without spaces', '**a\nb：**三', '*a*\n*b：*三'],
  ['bold in table cells', '|a|\n|-|\n|**费用：**五|', 'a: *费用：*五'],
  ['bold in headings once', '# **配送：**三天', '*配送：三天*'],
  ['bold in lists and quotes', '- **A:**b\n\n> **C：**天', '- *A:* b\n\n> *C：*天'],
  ['bold italic before a word', '***注意：***三天', '*_注意：_*三天'],
  ['italic before a word', '*Note:*use', '_Note:_ use'],
  ['italic that ends bold', '**Bold *it***', '*Bold _it_*'],
  [
    'bold beside links with its marks',
    '**[x](https://x.de/**b)：**三',
    '*x (https://x.de/**b)：*三',
  ],
  [
    'no bold in a price',
    'nur **1,299**TL, 가격은 **10,000원**입니다',
    'nur 1,299TL, 가격은 10,000원입니다',
  ],
  ['no bold in a number between words', 'от**10 - 20**руб, ב**10**ב', 'от10 - 20руб, ב10ב'],
  [
    'bold that begins with a list of words',
    '**Yes, we do!**Call, **A)**B',
    '*Yes, we do!* Call, *A)* B',
  ],
  ['a part of a word plainly', 'Donau**dampf**schiff, ה*מחיר*', 'Donaudampfschiff, המחיר'],
];

const literals = [
  'C:\\Users\\_shared\\.git and D:\\[x]\\*.txt',
  'C:\\Program Files\\_shared\\#1',
  '\\\\server\\_share\\-x',
  '\\d+\\.\\d{2}\\-\\w',
  '%APPDATA%\\_x, ..\\_build and .\\*.txt',
  'src/**/*.ts, test/*.js and lib/**/*.md',
  '__NEXT_DATA__ and __webpack_require__',
  '__init__.py, __main__, a.__class__, def __call__(self), src/__tests__/a.ts, __x__ = 1',
  'f(*args, **kwargs), g(**a, **b) and x**2 + y**2 = z**2',
  'width*height*depth, 2*price*3 and 10**6',
  'Card **** 1234, Price** and ** plus shipping',
  'cards **1234 and **5678, ending in **9012',
  '2**10, 2**10** and x**2**y',
];

describe('a span of Markdown in a WhatsApp text', () => {
  it.each(spans)('is shown as %s', (_, markdown, text) => {
    expect(toWhatsAppText(markdown)).toBe(text);
  });

  it.each(literals)('is not seen in %j', (literal) => {
    expect(toWhatsAppText(literal)).toBe(literal);
  });

  it('shows no customer the marks of bold text, whatever its script and punctuation', () => {
    const word = fc.constantFrom(
      'Note',
      'to you',
      '配送时间',
      'מחיר',
      'توصيل',
      'ราคา',
      'цена',
      '送料',
    );
    const [opening, closing] = [
      fc.constantFrom('', '“', '「', '('),
      fc.constantFrom('', ':', '：', '。', '!', '”'),
    ];
    const bold = fc.tuple(opening, word, closing).map((pieces) => `**${pieces.join('')}**`);
    const gap = fc.constantFrom(' ', '', '，', ', ', '\n', ' - ');
    const answer = fc
      .array(fc.tuple(fc.oneof(word, bold), gap), { minLength: 1, maxLength: 12 })
      .map((pieces) => pieces.flat().join(''));
    const letters = (text: string) => text.replace(/\P{L}/gu, '');

    fc.assert(
      fc.property(answer, (markdown) => {
        const text = toWhatsAppText(markdown);

        expect(text).not.toContain('**');
        expect(letters(text)).toBe(letters(markdown));
      }),
      { numRuns: 1_000 },
    );
  });
});
