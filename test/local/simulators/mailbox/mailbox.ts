import type { MailboxEmail } from '../../../../local/simulators/mailbox/email.ts';
import {
  type LoadedRun,
  type MailboxSimulatorOptions,
  startMailboxSimulator,
} from '../../../../local/simulators/mailbox/simulator.ts';

const apiKey = 'a-key-for-tests';

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

export const aMailbox = (options: Partial<MailboxSimulatorOptions> = {}) =>
  startMailboxSimulator({ apiKey, ...options });

export const fetchEmails = (
  { emailsUrl }: Pick<LoadedRun, 'emailsUrl'>,
  { key = apiKey, testMode = true } = {},
) => fetch(`${emailsUrl}?api_key=${key}&test_mode=${testMode}`);

export const emailsOf = async (run: Pick<LoadedRun, 'emailsUrl'>, testMode = true) =>
  (await (await fetchEmails(run, { testMode })).json()) as MailboxEmail[];

/** Posts a reply; `body` replaces single fields of it, and `key` is the Idempotency-Key. */
export const reply = (
  { respondUrl }: Pick<LoadedRun, 'respondUrl'>,
  emailId: string,
  { key = `key of ${emailId}`, body = {} }: { key?: string; body?: Record<string, unknown> } = {},
) =>
  fetch(respondUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({
      email_id: emailId,
      response: 'It is on its way.',
      api_key: apiKey,
      test_mode: true,
      ...body,
    }),
  });
