import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PastMessage } from '../../../lambdas/whatsapp-replies/work/ports.ts';
import {
  maxSeedChars,
  newestWithin,
  seedOf,
} from '../../../lambdas/whatsapp-replies/work/steps/thread.ts';
import { aTurn } from '../../support/reply-builders.ts';

const aMessage = (content: string): PastMessage => ({ role: 'user', content });
const charsOf = (messages: PastMessage[]) =>
  messages.reduce((sum, { content }) => sum + content.length, 0);

describe('the seed of a thread', () => {
  it('is the longest end of the history that stays within the bound', () => {
    const messages = fc.array(fc.string({ maxLength: 30 }).map(aMessage), { maxLength: 20 });

    fc.assert(
      fc.property(messages, fc.nat(200), (history, maxChars) => {
        const seed = newestWithin(history, maxChars);
        const oneMore = history.slice(history.length - seed.length - 1);

        expect(seed).toEqual(history.slice(history.length - seed.length));
        expect(charsOf(seed)).toBeLessThanOrEqual(maxChars);
        if (seed.length < history.length) expect(charsOf(oneMore)).toBeGreaterThan(maxChars);
      }),
    );
  });

  it('has no more than its bound of the longest messages', async () => {
    const history = Array.from({ length: 20 }, () => aMessage('x'.repeat(8_000)));

    const seed = await seedOf(aTurn(), { history: async () => history });

    expect(charsOf(seed)).toBe(maxSeedChars);
  });

  it.each([
    [['<think>Hm.</think>Yes.'], ['Yes.']],
    [['Hm.</think>Yes.', 'And no.'], ['Yes.\n\nAnd no.']],
    [['<think>Hm,', 'hm,', 'hm.</think>Yes.'], ['Yes.']],
    [['Hm,', 'hm.</think>', 'Yes.'], ['Yes.']],
    [['<think>Hm, and the answer was cut'], []],
    [
      ['One part.', 'Another part.'],
      ['One part.', 'Another part.'],
    ],
  ])('has no reasoning that was kept of an older answer: %j', async (answers, expected) => {
    const history: PastMessage[] = [
      { role: 'user', content: 'Is <think> a tag, and </think>?' },
      ...answers.map((content) => ({ role: 'assistant' as const, content })),
      { role: 'user', content: 'And now?' },
    ];

    const seed = await seedOf(aTurn(), { history: async () => history });

    expect(seed.filter(({ role }) => role === 'user')).toHaveLength(2);
    expect(seed.slice(1, -1).map(({ content }) => content)).toEqual(expected);
  });
});
