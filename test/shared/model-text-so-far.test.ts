import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainAnswer } from '../../lambdas/shared/model-text.ts';
import { answerSoFar } from '../../lambdas/shared/model-text-so-far.ts';

const words = [
  'Yes, we are open.',
  ' See [our site](https://example.com/a_b) (at the end). ',
  'cite',
  'file',
  'a < b',
  '[1]',
  '(2)',
  '\n\n',
  '- one\n- two\n',
  '`<think>` is a tag',
  '【notes】',
  ': contents',
  '```js\nconst a = [1];\n```\n',
  'analysis',
  '\\',
  '1) first',
  '(a, b; c)',
];
const hidden = [
  '<think>We look.</think>',
  '\n<thinking>\nHm.\n</thinking>\n',
  '[THINK]We look.[/THINK]',
  '◁think▷We look.◁/think▷',
  '【4:0†source】',
  ' [4:0†a [1].pdf](https://x.example/y)',
  '(【4:0†a】, 【4:1†b】)',
  '\ue200cite\ue202turn0search1\ue201',
  ' citeturn0search0turn1view12',
  'filecite turn0',
  ':contentReference[oaicite:3]{index=3}',
  '[oaicite:1]',
  '</s>',
  '<|im_end|>',
];

/** Each beginning of a text, as its pieces come. */
const beginnings = (text: string): string[] =>
  Array.from({ length: text.length + 1 }, (_, n) => text.slice(0, n));

describe('an answer so far', () => {
  it.each([
    'Yes, we are open until 5 (on Fridays until 4).',
    '<think>We look.</think>Yes.',
    '<think>We look.\n</think>\n\nYes.',
    'Yes 【4:0†source】, and no ([4:1†b](https://x.example)).',
    'Yes.citeturn0search0turn1view0 And no.',
    '```markdown\nYes.\n```',
    '```js\nconst yes = true;\n```\nThat is it.',
    '<answer>Yes.</answer>',
    'analysisWe look.assistantfinalYes.',
    '<|channel|>analysis<|message|>We look.<|end|><|start|>assistant<|channel|>final<|message|>Yes.<|return|>',
    'Yes.<|im_end|>',
    'Yes. :contentReference[oaicite:3]{index=3} No.',
  ])('is the beginning of %j at each of its characters', (text) => {
    const whole = plainAnswer(text);

    const wrong = beginnings(text).filter((begin) => !whole.startsWith(answerSoFar(begin)));
    expect(wrong).toEqual([]);
  });

  it('is a beginning of the whole answer, whatever the model writes', () => {
    const pieces = fc.array(fc.constantFrom(...words, ...hidden), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, (some) => {
        const text = some.join('');
        // Reasoning without a beginning, and a format with parts of its own, are known at their end alone.
        const whole = plainAnswer(text);
        for (const begin of beginnings(text)) {
          const shown = answerSoFar(begin);
          if (!whole.startsWith(shown)) throw new Error(`${JSON.stringify(begin)}: ${shown}`);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds back no more than a word or what is in brackets', () => {
    const text = 'We are open from nine to five, and on Saturdays until noon. '.repeat(5);

    const held = beginnings(text).map((begin) => begin.length - answerSoFar(begin).length);
    expect(Math.max(...held)).toBeLessThan(12);
  });

  it('is found in a moment in a text that is made to be slow', () => {
    const hostile = [
      '(c',
      '([1†',
      '[1†[',
      '【a†【',
      '(【',
      '\ue200',
      '[',
      '(',
      '<',
      ':contentReference[',
    ];
    const slow = hostile.map((piece) => {
      const text = `${piece.repeat(2_000)}\n.`;
      const begin = performance.now();
      answerSoFar(text);
      answerSoFar(text.slice(0, -2));
      return performance.now() - begin;
    });

    expect(Math.max(...slow)).toBeLessThan(1_000);
  });

  it('never shows what is between the tags of reasoning', () => {
    const text = 'Good morning.\n<think>The secret.</think>\nYes.';

    expect(beginnings(text).some((begin) => answerSoFar(begin).includes('secret'))).toBe(false);
  });
});
