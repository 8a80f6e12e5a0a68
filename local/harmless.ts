/** Control characters, and those that turn the direction of writing, as JSON escapes. */
export const harmless = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The same of a text that may have several lines: they stay lines. */
export const harmlessLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => harmless(line.replaceAll('\t', '  ')))
    .join('\n');
