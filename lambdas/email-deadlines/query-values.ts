import * as z from 'zod/mini';

/** Values of a query are texts: a truth, */
export const flag = z.pipe(
  z.enum(['true', 'false']),
  z.transform((text) => text === 'true'),
);

/** and a number from 1 to 1,000. */
export const workers = z.pipe(
  z.string().check(z.regex(/^([1-9]\d{0,2}|1000)$/)),
  z.transform((text) => Number(text)),
);
