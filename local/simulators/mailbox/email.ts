import { z } from 'zod';

/** An email as the mailbox API shows it; `deadline` is in seconds from the fetch. */
export interface MailboxEmail {
  email_id: string;
  subject: string;
  body: string;
  deadline: number;
  /** A list of ids, or the same with commas between them. */
  dependencies: string[] | string;
}

const named = z.object({ email_id: z.string() });

/** The ids among what a box was loaded with, also of emails that are otherwise malformed. */
export const idsOf = (emails: readonly unknown[]): string[] =>
  emails.flatMap((given) => named.safeParse(given).data?.email_id ?? []);
