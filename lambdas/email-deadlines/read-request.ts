import type * as z from 'zod/mini';
import type { Fault } from '../shared/fault.ts';
import { faultsOf } from '../shared/http/json-body.ts';
import { emailList } from './email-schema.ts';
import { faultsIn, readEmails, readers } from './read-emails.ts';
import { type EmailIn, runRequestEnvelope } from './routes.ts';
import type { ReadEmail, ReadList } from './work/answerable.ts';

type ReadRequest = z.output<typeof runRequestEnvelope> & { read: ReadList };

/** A request to start a run with its emails read, or everything that is wrong with it. */
export function readRequest(value: unknown): ReadRequest | { faults: Fault[] } {
  const envelope = runRequestEnvelope.safeParse(value);
  const { emails, on_invalid } = Object(value) as Record<string, unknown>;
  const list = emailList.safeParse(emails).data ?? [];
  const isStrict = on_invalid !== 'skip';
  const read = readEmails(list, isStrict ? readers.strict : readers.served);
  const faults = [
    ...(envelope.success ? [] : faultsOf(value, envelope.error.issues)),
    ...(isStrict ? faultsIn(read, '#/emails') : []),
  ];
  if (!envelope.success || faults.length > 0) return { faults };
  const asRead = ({ mailbox_id, subject, body, deadline, dependencies }: ReadEmail): EmailIn => ({
    email_id: mailbox_id,
    subject,
    body,
    deadline,
    dependencies,
  });
  return { ...envelope.data, emails: isStrict ? read.emails.map(asRead) : list, read };
}
