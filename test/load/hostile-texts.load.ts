import { describe, expect, it } from 'vitest';
import { classify } from '../../lambdas/leads/work/rules.ts';
import { repeatedKeyIn } from '../../lambdas/shared/http/repeated-key.ts';
import { consentAsked } from '../../lambdas/whatsapp-replies/work/consent.ts';
import { splitForWhatsApp } from '../../lambdas/whatsapp-replies/work/whatsapp-text/split-text.ts';
import { toWhatsAppText } from '../../lambdas/whatsapp-replies/work/whatsapp-text.ts';
import { hostileNotes } from '../leads/hostile-notes.ts';

/** How long the quickest of some takes, in milliseconds: the machine may be busy with other things. */
function quickestMs(work: () => unknown, tries = 3): number {
  const times = Array.from({ length: tries }, () => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return Math.min(...times);
}

const units = [
  '*a',
  '_a ',
  '**a ',
  '> ',
  '- ',
  '[',
  '![a](',
  '`',
  '<a ',
  '~~a',
  'a@',
  '|a\n|-\n',
  '漢字',
  '\u0301',
];
const mb = 1_000_000;

describe('a text that is made to take long', () => {
  it.each(hostileNotes)('is classified as a lead in less than 80 ms (%#)', (note) => {
    classify(note);
    expect(quickestMs(() => classify(note), 20)).toBeLessThan(80);
  });

  it.each(units)('is made a message of WhatsApp within three seconds: %j', (unit) => {
    const text = unit.repeat(100_000 / unit.length);

    expect(quickestMs(() => toWhatsAppText(text))).toBeLessThan(3_000);
    expect(quickestMs(() => splitForWhatsApp(text))).toBeLessThan(3_000);
  });

  it('is looked through for STOP in less than 100 ms', () => {
    expect(quickestMs(() => consentAsked(`${' '.repeat(64_000)}x`))).toBeLessThan(100);
  });

  it.each([
    `{"a":"${'\\"'.repeat(2.5 * mb)}"}`,
    `{"a"${' '.repeat(5 * mb)}:1}`,
    `[${'[],'.repeat(mb)}1]`,
    `[${'{"a":1},'.repeat(mb / 2)}1]`,
  ])('is looked through for repeated keys within five seconds (%#)', (json) => {
    expect(quickestMs(() => repeatedKeyIn(json))).toBeLessThan(5_000);
  });
});
