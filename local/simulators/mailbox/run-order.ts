import { z } from 'zod';
import { shapes } from './graphs.ts';
import { type MailboxEmail, makeMail } from './mail.ts';
import { chances } from './mishaps.ts';
import { realMail } from './real-mail.ts';

const maxCount = 100_000;

/** A run to be loaded into a box: its emails themselves, or else what they are to be like. */
export const runOrder = z.strictObject({
  /** Of the box, which it empties if there is one; a new one by default. */
  id: z
    .string()
    .regex(/^[\w-]{1,60}$/, 'Expected up to 60 letters, digits, - and _')
    .optional(),
  /** The simulator's by default. */
  apiKey: z.string().min(1).optional(),
  faults: chances.prefault({}),
  /** Served to the letter, so that they may also be bad. */
  emails: z.array(z.unknown()).max(maxCount).optional(),
  /** `real` takes threads of public mail in place of `shape`. */
  mail: z.enum(['made', 'real']).default('made'),
  shape: z.enum(shapes).default('mixed'),
  count: z.int().min(0).max(maxCount).default(20),
  seed: z.int().default(1),
  tightness: z.enum(['loose', 'tight']).default('loose'),
  meanServiceMs: z.number().positive().default(500),
  workers: z.int().min(1).default(8),
  headStartMs: z.number().min(0).optional(),
});
export type RunOrder = z.input<typeof runOrder>;

/** The emails that were ordered; `idPrefix` comes before the number in the ids of those made here. */
export function orderedMail(order: z.output<typeof runOrder>, idPrefix?: string): unknown[] {
  const made = (): MailboxEmail[] =>
    order.mail === 'real' ? realMail({ ...order, idPrefix }) : makeMail({ ...order, idPrefix });
  return order.emails ?? made();
}
