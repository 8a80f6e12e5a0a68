/** The text as well-formed Unicode with \n line ends and no control characters but \n and \t. */
export function withoutControls(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/(?![\n\t])\p{Cc}|\ufeff/gu, '');
}

/** Whether nothing of the text can be seen: white space, joiners and direction marks only. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Cf}\p{Cc}]/u.test(text);
}

/** Whether the text holds a script that is written without spaces between its words. */
export function isUnspaced(text: string): boolean {
  return unspaced.test(text);
}

/** Whether a character is a letter or digit of a script that puts spaces between its words. */
export function isSpacedWord(char: string): boolean {
  return /[\p{L}\p{N}]/u.test(char) && !unspaced.test(char);
}

const unspaced =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\u3000-\u303f\uff01-\uff65]/u;
