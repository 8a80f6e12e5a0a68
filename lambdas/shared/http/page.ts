import * as z from 'zod/mini';

/** The query of a list: how many items a page has at most, and where it begins. */
export const pageQuery = <Cursor extends z.ZodMiniType<unknown, string>>(
  maxLimit: number,
  cursor: Cursor,
) => ({ cursor: z.optional(cursor), limit: limitUpTo(maxLimit) });

function limitUpTo(maxLimit: number) {
  const bounds = { error: `It is a number from 1 to ${maxLimit}.` };
  const digits = z.string().check(z.regex(/^[1-9]\d{0,3}$/, bounds));
  const number = z.pipe(z._default(digits, String(maxLimit)), z.transform(Number));
  return z
    .pipe(number, z.int().check(z.lte(maxLimit, bounds)))
    .check(z.describe(`A number from 1 to ${maxLimit}.`));
}

/** A cursor of this form; any other was not given out by us. */
export const cursorOf = (form: RegExp) =>
  z.string().check(z.regex(form, { error: 'It is none that was given as next_cursor.' }));

/** A page as the answer's `next_cursor` ends it. */
export const pageOf = <Fields extends z.core.$ZodShape>(fields: Fields) =>
  z.object({ ...fields, next_cursor: z.nullable(z.string()) });
