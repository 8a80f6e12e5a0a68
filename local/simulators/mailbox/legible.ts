import { z } from 'zod';
import type { MailboxEmail } from './mail.ts';

const email = z.object({
  email_id: z.string().min(1),
  subject: z.string().catch(''),
  body: z.string().catch(''),
  deadline: z.number(),
  dependencies: z.union([z.array(z.string()), z.string()]).catch([]),
});

/** The emails among what a box was loaded with that can be graded, the first of each id. */
export function legible(emails: readonly unknown[]): MailboxEmail[] {
  const byId = new Map<string, MailboxEmail>();
  for (const given of emails) {
    const { data } = email.safeParse(given);
    if (data && !byId.has(data.email_id)) byId.set(data.email_id, data);
  }
  return [...byId.values()];
}
