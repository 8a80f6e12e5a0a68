import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PastMessage } from '../../../lambdas/whatsapp-replies/domain/ports.ts';
import {
  maxSeedChars,
  newestWithin,
  seedOf,
} from '../../../lambdas/whatsapp-replies/domain/seed.ts';
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
});
