import * as z from 'zod/mini';

/** A text that people read: it has more than white space. */
export const text = (maxChars: number) =>
  z.string().check(z.regex(/\S/, { error: 'It is empty.' }), z.maxLength(maxChars));

/** A language by BCP 47, such as `de` or `pt-BR`. */
export const language = z.string().check(
  z.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, {
    error: 'It is no language such as de or pt-BR.',
  }),
);
