import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consentAsked } from '../../../lambdas/whatsapp-replies/work/consent.ts';

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

  it.each([
    '\u200eSTOP\u200f',
    '\u202bstop\u202c',
    '\u2067STOP\u2069',
    'S\u200bT\u200cO\u200dP',
    '\ufeffSTOP\u2060',
    'ST\u00adOP\ufe0f',
    'ＳＴＯＰ',
    'ｓｔｏｐ。',
    '𝐒𝐓𝐎𝐏',
    'STOP\u00a0\u3000\n',
    '*STOP*',
    'STOP 🛑',
    '#stop',
    '«Stop»',
    'Stop\u00a0all',
    'opt-out',
    'OPT_OUT',
    'Stop promotions',
    'StopPromotions',
    'S T O P',
    'Ｓ Ｔ Ｏ Ｐ',
  ])('is ended by it however it is written: %j', (text) => {
    expect(consentAsked(text)).toBe('stop');
  });

  it('is ended and given again by a company’s own words, written in any of these ways', () => {
    const own = { stop_words: ['Abmelden', '停止', 'КОНЕЦ!'], start_words: ['Anmelden'] };

    expect(['abmelden.', '\u200e停止', 'конец'].map((text) => consentAsked(text, own))).toEqual([
      'stop',
      'stop',
      'stop',
    ]);
    expect(consentAsked('ANMELDEN', own)).toBe('start');
    expect(consentAsked('STOP', own)).toBe('stop');
    expect(consentAsked('abmelden')).toBeUndefined();
    expect(consentAsked('…', { stop_words: ['!'], start_words: [] })).toBeUndefined();
  });

  it.each(['START', ' Start! ', 'unstop'])('is given again by %s', (text) => {
    expect(consentAsked(text)).toBe('start');
  });

  it.each([
    '',
    'Please stop',
    'stop it',
    'stop？',
    '¿Stop?',
    '\u200e',
    'stop 5',
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
