import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consentAsked } from '../../../lambdas/whatsapp-replies/domain/consent.ts';

describe('consent', () => {
  it.each([
    'STOP',
    ' stop. ',
    '“Stop”',
    'Stop all',
    'StopAll',
    'UNSUBSCRIBE!',
    'opt out',
    'revoke',
  ])('is ended by %s', (text) => {
    expect(consentAsked(text)).toBe('stop');
  });

  it.each(['START', ' Start! ', 'unstop'])('is given again by %s', (text) => {
    expect(consentAsked(text)).toBe('start');
  });

  it.each([
    '',
    'Please stop',
    'stop it',
    'Where is the bus stop?',
    'starting',
    'cancel',
    'end',
    'yes',
  ])('is not what a message asks for that says: %s', (text) => {
    expect(consentAsked(text)).toBeUndefined();
  });

  it('is left alone by a word of it inside a longer message', () => {
    const words = fc.stringMatching(/^[a-z]{1,8}$/);

    fc.assert(
      fc.property(words, fc.constantFrom('stop', 'start', 'unsubscribe'), (other, word) => {
        expect(consentAsked(`${word} ${other}x and more`)).toBeUndefined();
      }),
    );
  });
});
