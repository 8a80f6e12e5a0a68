import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  maxBodyChars,
  splitForWhatsApp,
} from '../../../lambdas/whatsapp-replies/work/whatsapp-text/split-text.ts';

const word = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.string({ unit: fc.constantFrom(...Array.from('abcäß9.,?!')), minLength: 1 }),
  },
  fc.constantFrom('*bold', 'bold*', '_it_', '~x', 'y~', '`c d`', '**', '-', '1.', '>', '```'),
  fc.constantFrom(
    'https://x.de/a_b_*c*/(d)',
    'www.x.de/_a',
    '👩🏽‍🚀👩‍👩‍👧',
    '漢字です。今日は',
    'สวัสดีครับ',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.constantFrom('x'.repeat(90), '👩‍👩‍👧‍👦'.repeat(9), `a${'\u0301'.repeat(70)}`),
);
const gap = fc.oneof(
  { weight: 8, arbitrary: fc.constant(' ') },
  fc.constantFrom('\n', '\n\n', '\n- ', '\n```\n', '. ', '  ', '\t', '\u00a0', '\n    '),
);
const anyText = fc
  .array(fc.tuple(word, gap), { maxLength: 80 })
  .map((pieces) => pieces.flat().join(''));
const limit = fc.integer({ min: 32, max: 200 });

const plainWord = fc.string({
  unit: fc.constantFrom(...Array.from('abcdefgh')),
  minLength: 1,
  maxLength: 12,
});
const plainText = fc
  .array(fc.tuple(plainWord, fc.constantFrom(' ', ' ', ' ', '. ', '\n', '\n\n')), {
    minLength: 1,
    maxLength: 120,
  })
  .map((pieces) => pieces.flat().join('').trim());

/** What is left of a text without white space, invisible characters and markers. */
function characters(text: string): string {
  return text.replace(/[\s\p{Cf}\p{Cc}*_~`]/gu, '');
}

/** The parts that filling each one to the brim takes, at any space. */
function greedyParts(text: string, maxChars: number): number {
  let parts = 0;
  let rest = text;
  for (; rest !== ''; parts++) {
    if (rest.length <= maxChars) return parts + 1;
    const head = rest.slice(0, maxChars + 1);
    const end = head.search(/\s\S*$/);
    rest = rest.slice(end).trimStart();
  }
  return parts;
}

describe('the parts of a WhatsApp text', () => {
  it('are none for a blank text', () => {
    expect(splitForWhatsApp('')).toEqual([]);
    expect(splitForWhatsApp(' \n\t\u200b\u200d ')).toEqual([]);
  });

  it('are the trimmed text itself where it fits', () => {
    expect(splitForWhatsApp(' a  b \n')).toEqual(['a  b']);
    expect(splitForWhatsApp('x'.repeat(maxBodyChars))).toEqual(['x'.repeat(maxBodyChars)]);
  });

  it('end with a paragraph rather than with a line', () => {
    const text = 'First paragraph here.\n\nSecond one.\nIts other line. And more.';
    expect(splitForWhatsApp(text, 40)).toEqual([
      'First paragraph here.',
      'Second one.\nIts other line. And more.',
    ]);
  });

  it('end with a list item rather than with a sentence', () => {
    const text = '- One point. It is long.\n- Other point. It is too.';
    expect(splitForWhatsApp(text, 40)).toEqual([
      '- One point. It is long.',
      '- Other point. It is too.',
    ]);
  });

  it('end with a sentence rather than with a word', () => {
    const text = 'This is a sentence. This is another one, rather long.';
    expect(splitForWhatsApp(text, 40)).toEqual([
      'This is a sentence.',
      'This is another one, rather long.',
    ]);
  });

  it('end with a word where that saves a part', () => {
    const paragraph = 'word '.repeat(7).trim();
    const text = [paragraph, paragraph, paragraph].join('\n\n');
    expect(splitForWhatsApp(text, 56)).toHaveLength(2);
  });

  it('keep a heading, an introduction and a list mark with what follows', () => {
    expect(splitForWhatsApp('Some words come first.\n\n*Prices*\n\nAll are low.', 40)).toEqual([
      'Some words come first.',
      '*Prices*\n\nAll are low.',
    ]);
    expect(splitForWhatsApp(`- ${'x'.repeat(30)}\n- ${'y'.repeat(31)}`, 33)).toEqual([
      `- ${'x'.repeat(30)}`,
      `- ${'y'.repeat(31)}`,
    ]);
  });

  it('leave a format whole where they can', () => {
    expect(splitForWhatsApp('Some words and then *a bold phrase* here', 32)).toEqual([
      'Some words and then',
      '*a bold phrase* here',
    ]);
  });

  it('close and resume a format that is cut', () => {
    expect(splitForWhatsApp(`*_${'bold '.repeat(10).trim()}_*`, 32)).toEqual([
      '*_bold bold bold bold bold_*',
      '*_bold bold bold bold bold_*',
    ]);
  });

  it('close and reopen code that is cut, and keep its indentation', () => {
    expect(splitForWhatsApp('```\nif (a) {\n    first();\n    second();\n}\n```', 32)).toEqual([
      '```\nif (a) {\n    first();\n```',
      '```\n    second();\n}\n```',
    ]);
  });

  it('cut no character, however it is composed', () => {
    const family = '👩‍👩‍👧‍👦';
    const parts = splitForWhatsApp(family.repeat(400));
    expect(parts.join('')).toBe(family.repeat(400));
    for (const part of parts) expect(part.length % family.length).toBe(0);
  });

  it('end with a word in scripts without spaces', () => {
    const parts = splitForWhatsApp('今天天气很好。我们去公园吧。'.repeat(8), 50);
    for (const part of parts) expect(part).toMatch(/。$/);
  });

  it('hold at most the limit, well-formed, trimmed and none of them blank', () => {
    fc.assert(
      fc.property(anyText, limit, (text, maxChars) => {
        for (const part of splitForWhatsApp(text.toWellFormed(), maxChars)) {
          expect(part.length).toBeLessThanOrEqual(maxChars);
          expect(part.isWellFormed()).toBe(true);
          expect(part).toBe(part.trim());
          expect(part).toMatch(/\S/);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('hold all characters of the text in order', () => {
    fc.assert(
      fc.property(anyText, limit, (text, maxChars) => {
        const parts = splitForWhatsApp(text, maxChars);
        expect(characters(parts.join(''))).toBe(characters(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('cut no word and no address that fits into one', () => {
    const address = fc
      .string({
        unit: fc.constantFrom(...Array.from('ab_*~()?=&.-/,')),
        minLength: 1,
        maxLength: 20,
      })
      .map((path) => `https://x.de/${path}`);
    const piece = fc.oneof(plainWord, address);
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 60 }), limit, (pieces, maxChars) => {
        const parts = splitForWhatsApp(pieces.join(' '), Math.max(maxChars, 40));
        expect(parts.flatMap((part) => part.split(/\s+/))).toEqual(pieces);
      }),
    );
  });

  it('are no more than filling each to the brim takes', () => {
    fc.assert(
      fc.property(plainText, limit, (text, maxChars) => {
        expect(splitForWhatsApp(text, maxChars)).toHaveLength(greedyParts(text, maxChars));
      }),
      { numRuns: 500 },
    );
  });

  it('stay as they are when split again', () => {
    fc.assert(
      fc.property(anyText, limit, (text, maxChars) => {
        for (const part of splitForWhatsApp(text, maxChars)) {
          expect(splitForWhatsApp(part, maxChars)).toEqual([part]);
        }
      }),
    );
  });

  it.each([
    ['a'],
    ['a '],
    ['Hello there. '],
    ['a\n'],
    ['*a '],
    ['*a* '],
    ['`'],
    ['```\n'],
    ['_'],
    ['漢字'],
    ['สวัสดี'],
    ['👩‍👩‍👧‍👦'],
    ['\u0301'],
    ['a\u200d'],
    ['https://'],
    ['\u00a0a'],
    ['\ud800'],
    ['> - x\n'],
  ])('keep to the limit for 100,000 characters of %j', (unit) => {
    const text = unit.repeat(100_000 / unit.length);

    const parts = splitForWhatsApp(`a${text}b`);

    for (const part of parts) expect(part.length).toBeLessThanOrEqual(maxBodyChars);
  });

  it('cannot be shorter than their markers allow', () => {
    expect(() => splitForWhatsApp('a', 31)).toThrow(RangeError);
  });
});
