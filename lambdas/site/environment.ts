import * as z from 'zod/mini';

/** Environment variables of the Lambda; the stack sets exactly these names. */
export const publishEnvironment = z.object({
  SITE_BUCKET: z.string(),
});
