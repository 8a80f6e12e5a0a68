import { consentAsked } from '../../lambdas/whatsapp-replies/work/consent.ts';
import { sanitizeForTerminal, sanitizeLinesForTerminal } from '../sanitize-for-terminal.ts';
import type { WebhookAnswer } from '../simulators/twilio/customers.ts';
import type { CustomerEvent } from '../simulators/twilio/events.ts';
import { Attribution } from './attribution.ts';
import type { Outgoing, Phone } from './phone.ts';

/** The result of one message to the business. */
export type Outcome =
  | { kind: 'replied'; replies: string[] }
  | { kind: 'refused'; reason: string }
  | { kind: 'stopped' }
  | { kind: 'silent'; messageSid: string };

interface WaitLimits {
  /** How long to wait for the first reply. */
  replyMs: number;
  /** The reply is complete after so long without an event. */
  quietMs: number;
}

/** Writes one message and waits for its complete reply; `show` gets every event meanwhile. */
export async function takeTurn(
  phone: Phone,
  message: Outgoing,
  limits: WaitLimits,
  show: (event: CustomerEvent) => void,
): Promise<Outcome> {
  const answer = await phone.write(message);
  const reason = refusal(answer);
  if (reason) return { kind: 'refused', reason };
  if (consentAsked(message.body) === 'stop') return { kind: 'stopped' };

  const replies: string[] = [];
  const attribution = new Attribution(answer.messageSid, limits.quietMs);
  let last = 0;
  let until = Date.now() + limits.replyMs;
  for (let left = limits.replyMs; left > 0; left = until - Date.now()) {
    for (const event of await phone.events(last, left)) {
      last = event.n;
      if (!attribution.isOurs(event)) continue;
      show(event);
      const text = replyText(event);
      if (text !== undefined) replies.push(text);
      const working = text !== undefined || event.kind === 'typing';
      if (working && replies.length > 0) until = Date.now() + limits.quietMs;
    }
  }
  return replies.length > 0
    ? { kind: 'replied', replies }
    : { kind: 'silent', messageSid: answer.messageSid };
}

/** Printed after a STOP that was accepted. */
export const stopped = 'No reply comes after STOP; write START to get answers again.';

/** The text of a message of the business, sanitized for the terminal; undefined for any other event. */
export function replyText(event: CustomerEvent): string | undefined {
  if (event.kind !== 'message') return undefined;
  const template = event.contentSid && `[template ${event.contentSid}]`;
  return sanitizeLinesForTerminal(
    [event.body, template, ...event.mediaUrls].filter(Boolean).join('\n'),
  );
}

/** Why the business did not accept a message, in one line; undefined when it did. */
export function refusal({ status, body, failure }: WebhookAnswer): string | undefined {
  if (failure) return `The product did not take the message: ${sanitizeForTerminal(failure)}`;
  if (status >= 200 && status < 300) return undefined;
  return `The product refused the message with status ${status}: ${explanation(body)}`;
}

function explanation(body: string): string {
  const text = problemText(body) ?? body;
  return sanitizeForTerminal(text.replace(/\s+/g, ' ').trim()).slice(0, 300) || '(no reason given)';
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
