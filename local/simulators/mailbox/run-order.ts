import { z } from 'zod';
import { chances } from './fault-injection.ts';

const maxCount = 100_000;

/** A run to be loaded into a box. */
export const runOrder = z.strictObject({
  /** Of the box, which it empties if there is one; a new one by default. */
  id: z
    .string()
    .regex(/^[\w-]{1,60}$/, 'Expected up to 60 letters, digits, - and _')
    .optional(),
  /** The simulator's by default. */
  apiKey: z.string().min(1).optional(),
  faults: chances.prefault({}),
  /** Served unchanged, so they may be malformed; sample emails by default. */
  emails: z.array(z.unknown()).max(maxCount).optional(),
});
export type RunOrder = z.input<typeof runOrder>;
