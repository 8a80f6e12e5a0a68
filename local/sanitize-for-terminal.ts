/** Escapes control characters, and those that change the direction of writing, as JSON does. */
export const sanitizeForTerminal = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Sanitizes a text of several lines, which stay lines. */
export const sanitizeLinesForTerminal = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => sanitizeForTerminal(line.replaceAll('\t', '  ')))
    .join('\n');
