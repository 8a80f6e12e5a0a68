import * as z from 'zod';

const maxDelayMs = 600_000;
const maxTimes = 10_000;

const effect = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('respond'),
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal('lose') }),
  z.strictObject({ kind: z.literal('delay'), ms: z.int().min(0).max(maxDelayMs) }),
]);

/** A fault that another process asks for, of an operation that this schema takes. */
export const faultOf = <Operation extends z.ZodType<string>>(operation: Operation) =>
  z.strictObject({ operation, effect, times: z.int().min(1).max(maxTimes).optional() });

/** The value that a text is as JSON. */
export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('Expected the body to be JSON');
    return z.NEVER;
  }
});
