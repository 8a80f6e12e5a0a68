import {
  type ReadyMessage,
  readyMessage,
  runMessage,
} from '../../lambdas/email-deadlines/messages.ts';
import type { StoredEmail } from '../../lambdas/email-deadlines/work/email.ts';
import { waitingEvent } from '../../lambdas/events/messages.ts';
import { fieldText, waitingMessage } from '../../lambdas/whatsapp-replies/messages.ts';
import { personTurnId, type Turn } from '../../lambdas/whatsapp-replies/work/turn.ts';
import type { Records } from '../records.ts';
import type { DeadLetter } from './letters.ts';

/** Why a letter is dead, and what redriving it would do; each one sentence. */
export interface Outlook {
  reason: string;
  redriving: string;
}

/** Reads both from the letter and from what is recorded of its subject. */
export async function outlookOf(
  letter: DeadLetter,
  records: Records,
  now: number,
): Promise<Outlook> {
  const reason = reasonOf(letter);
  switch (letter.subject.kind) {
    case 'whatsapp':
      return { reason, redriving: await ofWhatsApp(letter, records, now) };
    case 'email':
      return ofEmail(letter, reason, records, now);
    case 'run':
      return { reason, redriving: await ofRun(letter, records) };
    case 'lead':
      return { reason, redriving: 'classifies the lead; one that has this insight keeps it.' };
    case 'event':
      return { reason, redriving: ofEvent(letter) };
    case 'other':
      return { reason, redriving: ofOther(letter) };
    default:
      return letter.subject.kind satisfies never;
  }
}

/** Consumers say why they give up; of what SQS itself took away, nobody knew better. */
function reasonOf({ attributes, receives }: DeadLetter): string {
  // EventBridge names its own reasons so.
  const { reason_code: code = attributes['ERROR_CODE'], reason = attributes['ERROR_MESSAGE'] } =
    attributes;
  if (code) return reason ? `${code}: ${reason}` : code;
  return `SQS gave it up: its function crashed or ran out of time on it again and again (received ${receives} times).`;
}

const isMalformed = ({ attributes }: DeadLetter) =>
  attributes['reason_code'] === 'malformed_message';

const replyWindowMs = 24 * 3_600_000;

async function ofWhatsApp(letter: DeadLetter, records: Records, now: number): Promise<string> {
  const message = waitingMessage.parse(JSON.parse(letter.body));
  if (message.kind === 'event') return ofEvent(letter);
  if (message.kind === 'outbound') {
    const { tenant_id: company_id, conversation_id, message_id } = message;
    const turn_id = personTurnId(message_id);
    const turn = await records.turn({ company_id, conversation_id, turn_id });
    if (turn?.state === 'recorded') return `changes nothing: it is over (${turn.outcome}).`;
    const done = turn ? progressOf(turn) : 'begins from the start';
    return `${done}; the customer gets the message, once, unless they last wrote more than 24 hours ago (63016).`;
  }
  const sid = fieldText(message.twilio_message, 'MessageSid');
  const turn = sid ? await records.turn({ ...message, turn_id: sid }) : undefined;
  const wrote = Date.parse(message.received_at ?? '') || letter.sentAt;
  if (turn?.state === 'recorded') return `changes nothing: it is over (${turn.outcome}).`;
  const done = turn ? progressOf(turn) : 'begins from the start';
  if (now - wrote > replyWindowMs) {
    return `${done}, but WhatsApp refuses the reply (63016): more than 24 hours since the customer wrote.`;
  }
  return `${done}; the customer gets the reply, once.`;
}

function progressOf({ state, parts }: Turn): string {
  const sent = parts.filter((part) => part.state === 'sent').length;
  if (parts.length > 0) return `sends what is missing (${sent} of ${parts.length} parts are sent)`;
  return state === 'received' ? 'begins from the start' : `continues after the step "${state}"`;
}

async function ofEmail(
  letter: DeadLetter,
  reason: string,
  records: Records,
  now: number,
): Promise<Outlook> {
  const message = readyMessage.parse(JSON.parse(letter.body));
  const email = await records.email(message);
  const why = letter.attributes['reason_code'] ? reason : (email?.reason ?? reason);
  if (!email) return { reason: why, redriving: 'fails again: its run has no such email any more.' };
  const run = await records.run(message);
  if (run?.state !== 'running' && run?.state !== 'completed') {
    return { reason: why, redriving: `changes nothing: its run is ${run?.state ?? 'gone'}.` };
  }
  return { reason: why, redriving: ofKnownEmail(email, message, now) };
}

function ofKnownEmail(email: StoredEmail, message: ReadyMessage, now: number): string {
  if (email.state === 'sent') return 'changes nothing: it was sent.';
  const late = now > email.deadline_at ? ', late' : '';
  if (email.state !== 'failed') return `works on it${late}; it is ${email.state} and not over.`;
  if (message.failed_at === undefined || message.failed_at !== email.failed_at) {
    return 'changes nothing: this letter is not of its last failure. Start a run with it instead.';
  }
  const draft = email.response === undefined ? 'answers it' : 'posts the reply that was written';
  const waited = email.has_dependents ? '; those that waited for it went on without it' : '';
  return `${draft}${late}${waited}.`;
}

async function ofRun(letter: DeadLetter, records: Records): Promise<string> {
  const message = runMessage.parse(JSON.parse(letter.body));
  const run = await records.run(message);
  if (!run) return 'changes nothing: the run is not there any more.';
  if (run.state === 'pending') return 'starts the run: its emails are fetched and answered.';
  if (run.state === 'running')
    return 'looks after the run: what stands still is put to work again.';
  return `changes nothing: the run is ${run.state}.`;
}

function ofEvent({ attributes, body }: DeadLetter): string {
  if (waitingEvent.safeParse(JSON.parse(body)).success)
    return 'publishes the event, which the bus did not take; who receives it knows a repetition by its id.';
  return attributes['reason_code'] === 'tenant_unknown'
    ? 'fails again as long as there is no such company.'
    : 'tells the company again, which knows a repetition by its webhook-id; dropped where its webhook is disabled.';
}

const ofOther = (letter: DeadLetter): string =>
  isMalformed(letter) || letter.subject.ids.length === 0
    ? 'fails again as long as the message is malformed.'
    : 'gives it to its function again.';
