import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intents, nextActions, priorities } from '../../../lambdas/leads/work/insight.ts';
import { tags } from '../../../lambdas/leads/work/rules/tags.ts';
import { classify } from '../../../lambdas/leads/work/rules.ts';
import { hostileNotes } from '../hostile-notes.ts';

const words = [
  'not',
  'urgent',
  'price',
  '50',
  'seats',
  'no',
  'rush',
  'what',
  'cost',
  '👩‍🚀',
  'שלום',
  "don't",
  '.',
  ',',
];
const notes = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.constantFrom(...words), { maxLength: 80 }).map((some) => some.join(' ')),
);

describe('the judgement of any note', () => {
  it('is bounded, and of known values', () => {
    fc.assert(
      fc.property(notes, (note) => {
        const judgement = classify(note);

        expect(intents).toContain(judgement.intent);
        expect(priorities).toContain(judgement.priority);
        expect(nextActions).toContain(judgement.next_action);
        expect(judgement.confidence).toBeGreaterThanOrEqual(0);
        expect(judgement.confidence).toBeLessThanOrEqual(1);
        expect(judgement.tags.length).toBeLessThanOrEqual(8);
        expect(tags).toEqual(expect.arrayContaining(judgement.tags));
        expect(judgement.explanation.length).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('quotes only what stands in the note', () => {
    fc.assert(
      fc.property(notes, (note) => {
        for (const { phrase } of classify(note).explanation) {
          expect(phrase.length).toBeLessThanOrEqual(80);
          expect(note).toContain(phrase);
        }
      }),
    );
  });

  it('does not depend on case, width, accents or the kind of apostrophe', () => {
    const same = (a: string, b: string) => {
      const [{ explanation: _a, ...first }, { explanation: _b, ...second }] = [
        classify(a),
        classify(b),
      ];
      expect(first).toEqual(second);
    };

    same("we can't log in", 'WE CAN’T LOG IN');
    same('urgent pricing', 'ｕｒｇｅｎｔ ｐｒｉｃｉｎｇ');
    same('quanto custa o preço', 'quanto custa o preco');
    same('pri\u00adcing for 20 seats', 'pricing for 20 seats');
  });
});

describe('a hostile note of 10,000 characters', () => {
  it.each(hostileNotes)('is judged (%#)', (note) => {
    expect(classify(note).confidence).toBeGreaterThan(0);
  });
});
