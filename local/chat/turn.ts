import { consentAsked } from '../../lambdas/whatsapp-replies/work/consent.ts';
import { harmless, harmlessLines } from '../harmless.ts';
import type { WebhookAnswer } from '../simulators/twilio/customers.ts';
import type { CustomerEvent } from '../simulators/twilio/events.ts';
import { Attribution } from './attribution.ts';
import type { Outgoing, Phone } from './phone.ts';

/** How the business took one message. */
export type Outcome =
  | { kind: 'replied'; replies: string[] }
  | { kind: 'refused'; reason: string }
  | { kind: 'stopped' }
  | { kind: 'silent'; messageSid: string };

interface Patience {
  /** How long to wait for the first reply. */
  replyMs: number;
  /** After a reply, how long nothing must come for the reply to be whole. */
  quietMs: number;
}

/** Writes one message and waits until it is answered in full; `show` sees every event on the way. */
export async function takeTurn(
  phone: Phone,
  message: Outgoing,
  patience: Patience,
  show: (event: CustomerEvent) => void,
): Promise<Outcome> {
  const answer = await phone.write(message);
  const reason = refusal(answer);
  if (reason) return { kind: 'refused', reason };
  if (consentAsked(message.body) === 'stop') return { kind: 'stopped' };

  const replies: string[] = [];
  const attribution = new Attribution(answer.messageSid, patience.quietMs);
  let last = 0;
  let until = Date.now() + patience.replyMs;
  for (let left = patience.replyMs; left > 0; left = until - Date.now()) {
    for (const event of await phone.events(last, left)) {
      last = event.n;
      if (!attribution.isOurs(event)) continue;
      show(event);
      const text = replyText(event);
      if (text !== undefined) replies.push(text);
      const working = text !== undefined || event.kind === 'typing';
      if (working && replies.length > 0) until = Date.now() + patience.quietMs;
    }
  }
  return replies.length > 0
    ? { kind: 'replied', replies }
    : { kind: 'silent', messageSid: answer.messageSid };
}

/** What to say after a STOP that was taken. */
export const stopped = 'No reply comes after STOP; write START to get answers again.';

/** What a message of the business says, in words that cannot steer the terminal; undefined for any other event. */
export function replyText(event: CustomerEvent): string | undefined {
  if (event.kind !== 'message') return undefined;
  const template = event.contentSid && `[template ${event.contentSid}]`;
  return harmlessLines([event.body, template, ...event.mediaUrls].filter(Boolean).join('\n'));
}

/** Why the business did not take a message, in one line; undefined when it did. */
export function refusal({ status, body, failure }: WebhookAnswer): string | undefined {
  if (failure) return `The product did not take the message: ${harmless(failure)}`;
  if (status >= 200 && status < 300) return undefined;
  return `The product refused the message with status ${status}: ${explanation(body)}`;
}

function explanation(body: string): string {
  const text = problemText(body) ?? body;
  return harmless(text.replace(/\s+/g, ' ').trim()).slice(0, 300) || '(no reason given)';
}

function problemText(body: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(body);
    if (typeof problem !== 'object' || problem === null) return undefined;
    const { detail, title, message } = problem as Record<string, unknown>;
    const texts = [detail, title, message].filter((text) => typeof text === 'string');
    return texts[0];
  } catch {
    return undefined;
  }
}
