import * as z from 'zod/mini';

/** A text that people read: it has more than white space. */
export const text = (maxChars: number) =>
  z.string().check(z.regex(/\S/, { error: 'It is empty.' }), z.maxLength(maxChars));
