import { plainAnswer } from '../../shared/model-text.ts';
import { blockText } from './whatsapp-text/block-text.ts';
import { isBlank, withoutControls } from './whatsapp-text/characters.ts';
import { cutsOf } from './whatsapp-text/cuts.ts';
import { lexMarkdown } from './whatsapp-text/markdown.ts';
import { packed } from './whatsapp-text/packing.ts';

/** The longest body of a WhatsApp message, in UTF-16 code units. */
export const maxBodyChars = 1600;

/** The shortest limit under which code can be closed and reopened around a character. */
const minBodyChars = 32;

/** A model's Markdown in WhatsApp's notation: trimmed and well-formed, none of its words lost. */
export function toWhatsAppText(markdown: string): string {
  const answer = unescapable(plainAnswer(withoutControls(markdown)));
  return withoutControls(blockText(lexMarkdown(answer)).replaceAll(backslash, '\\')).trim();
}

/** Stands for a backslash that escapes nothing; no text has it, as Unicode reserves it for inner use. */
const backslash = '\ufdd0';

// Paths with a drive to the line's end, as they may hold spaces; other words as a whole.
const pathsAndWords = /\b[a-z]:\\[^\n`]*|\S+/gi;

/** Paths and patterns such as C:\Users\_shared keep their backslashes, which would else escape. */
const unescapable = (text: string): string =>
  text
    .replaceAll(backslash, '')
    .replace(pathsAndWords, (word) =>
      /\\[a-z\d]|^(?:[a-z]:|\.{1,2}|%\w+%)\\|^\\\\\w/i.test(word)
        ? word.replaceAll('\\', backslash)
        : word,
    );

/**
 * The text in the fewest parts of at most `maxChars` (32 or more) UTF-16 code units, cut where it
 * hurts the reader least: after a paragraph, else a line, a sentence, a word; inside a word or
 * address only if that is longer than a part. Formats that are cut are closed and reopened.
 */
export function splitForWhatsApp(text: string, maxChars = maxBodyChars): string[] {
  if (maxChars < minBodyChars) {
    throw new RangeError(`Expected maxChars to be at least ${minBodyChars}, got ${maxChars}`);
  }
  const whole = text.trim();
  if (isBlank(whole)) return [];
  if (whole.length <= maxChars) return [whole];
  const ends = packed(cutsOf(whole, maxChars), maxChars);
  return ends
    .slice(1)
    .map((to, i) => {
      const from = ends[i] ?? to;
      return (from.reopen + whole.slice(from.start, to.end) + to.close).trim();
    })
    .filter((part) => !isBlank(part));
}
