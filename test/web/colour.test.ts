import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, inkOn, readableOn, rgbOf } from '../../web/widget/app/colour.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('colours', () => {
  it('have a text on them that is read as AA demands, whatever the company chooses', () => {
    fc.assert(fc.property(colour, (one) => contrast(one, inkOn(one)) >= 4.5));
  });

  it('are changed as far as a text in them is read on its background, and no further', () => {
    fc.assert(
      fc.property(
        colour,
        fc.constantFrom('#ffffff', '#f1f3f6', '#16181d', '#262a32'),
        (one, back) => {
          expect(contrast(readableOn(one, back), back)).toBeGreaterThanOrEqual(4.5);
        },
      ),
    );
    expect(readableOn('#1f4b99', '#ffffff')).toBe('#1f4b99');
  });

  it('are compared as WCAG says', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it.each(['', 'red', '#12', '#12345', '#12345g', 'url(x)', undefined])(
    'know %j as none',
    (text) => {
      expect(rgbOf(text)).toBeUndefined();
    },
  );
});
