import type * as z from 'zod/mini';
import { parsed } from '../shared/http/faults.ts';
import { emailList } from './email-schema.ts';
import { faultsIn, readEmails, readers } from './read-emails.ts';
import type { ReadEmail } from './work/answerable.ts';
import type { EmailIn } from './work/email.ts';

/** Reads a request to start a run with its emails, or says everything that is wrong with it. */
export const requestReader =
  <Envelope extends z.ZodMiniObject>(envelope: Envelope) =>
  (value: unknown) => {
    const options = parsed(envelope, value);
    const { emails, on_invalid } = Object(value) as Record<string, unknown>;
    const list = emailList.safeParse(emails).data ?? [];
    const isStrict = on_invalid !== 'skip';
    const read = readEmails(list, isStrict ? readers.strict : readers.served);
    const faults = [
      ...('faults' in options ? options.faults : []),
      ...(isStrict ? faultsIn(read, '#/emails') : []),
    ];
    if ('faults' in options || faults.length > 0) return { faults };
    return { value: { ...options.value, emails: isStrict ? read.emails.map(asRead) : list, read } };
  };

const asRead = ({ mailbox_id, subject, body, deadline, dependencies }: ReadEmail): EmailIn => ({
  email_id: mailbox_id,
  subject,
  body,
  deadline,
  dependencies,
});
