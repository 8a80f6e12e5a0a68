import { z } from 'zod';
import type { MailboxEmail } from '../../local/simulators/mailbox/email.ts';
import type { RecordedPost, RunRecord } from '../../local/simulators/mailbox/record.ts';

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

/** The emails of a run that can be graded, the first of each id. */
export function gradable({ emails }: Pick<RunRecord, 'emails'>): MailboxEmail[] {
  const byId = new Map<string, MailboxEmail>();
  for (const given of emails) {
    const { data } = email.safeParse(given);
    if (data && !byId.has(data.email_id)) byId.set(data.email_id, data);
  }
  return [...byId.values()];
}

/** The post by which each email was answered, by email id. */
export function firstSends({ posts }: RunRecord): Map<string, RecordedPost> {
  const accepted = posts.filter(({ outcome }) => outcome === 'accepted');
  return new Map(accepted.map((post) => [post.emailId ?? '', post]));
}

/** The ids that an email waits for, in whichever way they were written. */
export function dependencyIds({ dependencies }: MailboxEmail): string[] {
  const ids = typeof dependencies === 'string' ? dependencies.split(',') : dependencies;
  return ids.map((id) => id.trim()).filter((id) => id !== '');
}
