import * as z from 'zod';

const maxDelayMs = 600_000;
const maxTimes = 10_000;

const effects = [
  z.strictObject({
    kind: z.literal('respond'),
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
    text: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal('lose'), afterBytes: z.int().min(1).optional() }),
  z.strictObject({ kind: z.literal('delay'), ms: z.int().min(0).max(maxDelayMs) }),
] as const;

const times = z.int().min(1).max(maxTimes).optional();

/** The schema of a requested fault, whose operation has this schema. */
export const faultOf = <Operation extends z.ZodType<string>>(operation: Operation) =>
  z.strictObject({ operation, effect: z.discriminatedUnion('kind', effects), times });

/** The schema of a requested fault of a vendor that answers JSON and has a simulated model. */
export const modelFaultOf = <Operation extends z.ZodType<string>>(operation: Operation) =>
  z.strictObject({
    operation,
    effect: z.discriminatedUnion('kind', [
      ...effects,
      z.strictObject({ kind: z.literal('garble'), text: z.string().optional() }),
      z.strictObject({ kind: z.literal('sim'), command: z.string().min(1) }),
    ]),
    times,
    containing: z.string().optional(),
  });

/** Parses a text as JSON. */
export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('Expected the body to be JSON');
    return z.NEVER;
  }
});
