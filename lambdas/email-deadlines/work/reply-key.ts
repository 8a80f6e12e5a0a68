import { createHash } from 'node:crypto';
import type { StoredEmail } from './email.ts';

/**
 * What makes a reply the same reply: another for each email of each run, and a legal value of a header. An id
 * in plain ASCII stands in it as it is, any other by its hash; no id has a `#`.
 */
export function replyKeyOf(email: Pick<StoredEmail, 'run_id' | 'email_id' | 'mailbox_id'>): string {
  const { run_id, email_id } = email;
  // Earlier versions sent Latin-1 as it is. What they may have posted keeps its key.
  const plain = email.mailbox_id === undefined ? latin1 : ascii;
  if (plain.test(email_id)) return `${run_id}:${email_id}`;
  return `${run_id}:#${createHash('sha256').update(email_id).digest('base64url')}`;
}

/** Without a space at either end, which a header loses on its way. */
const ascii = /^[!-~](?:[ -~]*[!-~])?$/;
const latin1 = /^[!-~\xa1-\xff](?:[ -~\xa0-\xff]*[!-~\xa1-\xff])?$/;
