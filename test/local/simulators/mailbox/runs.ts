import type { MailboxEmail } from '../../../../local/simulators/mailbox/mail.ts';
import type { RecordedPost } from '../../../../local/simulators/mailbox/record.ts';

export const startedAt = 1_700_000_000_000;

/** An email that is due 10 s after the fetch and depends on nothing. */
export const anEmail = (
  email_id: string,
  email: Partial<Omit<MailboxEmail, 'email_id'>> = {},
): MailboxEmail => ({
  email_id,
  subject: 'Where is my parcel?',
  body: 'Hello,\n\nit has not come.',
  deadline: 10,
  dependencies: [],
  ...email,
});

/** A post that arrived this many ms after the fetch and was answered within the same ms. */
export const aPost = (
  emailId: string,
  atMs: number,
  post: Partial<RecordedPost> = {},
): RecordedPost => ({
  emailId,
  key: `key of ${emailId}`,
  response: 'It is on its way.',
  testMode: true,
  receivedAt: startedAt + atMs,
  answeredAt: startedAt + atMs + 0.3,
  outcome: 'accepted',
  status: 200,
  lost: false,
  ...post,
});
