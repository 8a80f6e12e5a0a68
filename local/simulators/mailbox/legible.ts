import { z } from 'zod';
import type { MailboxEmail } from './mail.ts';

const email = z.object({
  email_id: z.string().min(1),
  subject: z.string().catch(''),
  body: z.string().catch(''),
  /** Some mailboxes write numbers as texts. */
  deadline: z.union([
    z.number(),
    z
      .string()
      .regex(/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i)
      .transform(Number),
  ]),
  dependencies: z.union([z.array(z.string()), z.string()]).catch([]),
});

const named = z.object({ email_id: z.string() });

/** The ids of all that a box was loaded with, also of what cannot be graded: replies to them are taken. */
export const idsOf = (emails: readonly unknown[]): string[] =>
  emails.flatMap((given) => named.safeParse(given).data?.email_id ?? []);

/** The emails among what a box was loaded with that can be graded, the first of each id. */
export function legible(emails: readonly unknown[]): MailboxEmail[] {
  const byId = new Map<string, MailboxEmail>();
  for (const given of emails) {
    const { data } = email.safeParse(given);
    if (data && !byId.has(data.email_id)) byId.set(data.email_id, data);
  }
  return [...byId.values()];
}
