import * as z from 'zod/mini';

/** A truth in a query, whose values are texts. */
export const flag = z.pipe(
  z.enum(['true', 'false']),
  z.transform((text) => text === 'true'),
);

/** A number from 1 to 1,000 in a query. */
export const workers = z.pipe(
  z.string().check(z.regex(/^([1-9]\d{0,2}|1000)$/, { error: 'It is a number from 1 to 1000.' })),
  z.transform((text) => Number(text)),
);

/** Where the options are in the body, one in the query is refused, and not passed over. */
export const noQuery = z.catchall(
  z.object({}),
  z.unknown().check(z.refine(() => false, { error: 'It belongs in the body here.' })),
);
