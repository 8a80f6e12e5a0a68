import { retryLater } from '../../../shared/errors.ts';
import type { InvocationTime, ReplyPorts, StepResult } from '../answer-turn.ts';
import type { OutboundMessage, SendResult } from '../ports.ts';
import type { ReplyPart, Turn } from '../turn.ts';
import { recordFailed } from './record.ts';

/** After a connection that was cut, how long Twilio's status callback is waited for before the message list is asked. */
const callbackGraceMs = 10_000;
/**
 * The same, from the claim on, where nobody knows how the send ended: it timed out, or its process died. A send
 * that was given up after ten seconds has been seen to be taken twenty seconds later.
 */
const lateSendMs = 40_000;
/** How far Twilio's clock may be behind ours when the message list is searched. */
const clockSkewMs = 5_000;
/** A part is begun only with this much time left, so that its outcome can still be recorded. */
const sendReserveMs = 13_000;

/**
 * Sends the parts in order, each claimed before and recorded after. A part whose outcome is in doubt
 * is first looked for: by its status callback, then in Twilio's message list; only then is it sent again.
 */
export async function sendParts(
  turn: Turn,
  ports: ReplyPorts,
  budget: InvocationTime,
): Promise<StepResult> {
  let current = turn;
  for (let index = 0; index < current.parts.length; index++) {
    const part = current.parts[index];
    if (!part || part.state === 'sent') continue;
    if (part.state === 'rejected') return finish(current, 'rejected', ports);
    if (budget.remainingMs() < sendReserveMs)
      return { kind: 'waiting', turn: current, afterSeconds: 1 };
    if (part.state === 'claimed') {
      const found = await lookForDoubtful(current, part, ports);
      if (found.kind === 'too early') {
        return { kind: 'waiting', turn: current, afterSeconds: found.afterSeconds };
      }
      if (found.kind === 'sent') {
        const sent: ReplyPart = { ...part, state: 'sent', message_sid: found.messageSid };
        current = await savePart(current, sent, ports);
        continue;
      }
    }
    if (await ports.store.hasOptedOut(current)) return finish(current, 'suppressed', ports);
    const { turn: sent, rejected } = await sendPart(current, part, ports);
    current = sent;
    if (rejected) return finish(current, 'rejected', ports);
  }
  return finish(current, undefined, ports);
}

async function finish(
  turn: Turn,
  outcome: 'suppressed' | 'rejected' | undefined,
  ports: ReplyPorts,
): Promise<StepResult> {
  const sent: Turn = { ...turn, state: 'sent', ...(outcome && { outcome }) };
  return { kind: 'moved', turn: outcome ? await ports.store.saveTurn(sent) : sent };
}

async function sendPart(
  turn: Turn,
  part: ReplyPart,
  ports: ReplyPorts,
): Promise<{ turn: Turn; rejected: boolean }> {
  const { answer_lost: _before, ...unsent } = part;
  const claim: ReplyPart = { ...unsent, state: 'claimed', claimed_at: ports.clock.now() };
  const claimed = await ports.store.saveTurn(withPart(turn, claim));
  const result = await ports.messenger.send(outbound(claimed, part, ports));
  switch (result.kind) {
    case 'sent':
      ports.meter.count('MessagesSent');
      return { turn: await saveSent(claimed, claim, result, ports), rejected: false };
    case 'rejected': {
      ports.meter.count('MessagesRejected');
      ports.log.warn('Twilio refused the message for good.', { error_code: result.errorCode });
      const refused: ReplyPart = { ...claim, state: 'rejected', error_code: result.errorCode };
      return { turn: await savePart(claimed, refused, ports), rejected: true };
    }
    case 'not_sent': {
      await savePart(claimed, { ...part, state: 'waiting' }, ports);
      throw retryLater('twilio_not_sent', `Twilio took no message: ${result.reason}.`, {
        cause: result.cause,
        ...(result.retryAfterSeconds && { retryAfterSeconds: result.retryAfterSeconds }),
      });
    }
    case 'unsure':
      if (!result.mayComeLate) await savePart(claimed, { ...claim, answer_lost: true }, ports);
      throw retryLater('twilio_unsure', `Twilio's answer for part ${part.message_key} was lost.`, {
        cause: result.cause,
      });
    default:
      return result satisfies never;
  }
}

/** Once the customer has the whole reply, a failing store must not bring the message back. */
async function saveSent(
  turn: Turn,
  claim: ReplyPart,
  result: Extract<SendResult, { kind: 'sent' }>,
  ports: ReplyPorts,
): Promise<Turn> {
  const sent: ReplyPart = {
    ...claim,
    state: 'sent',
    sent_at: ports.clock.now(),
    message_sid: result.messageSid,
    status: result.status,
  };
  try {
    return await savePart(turn, sent, ports);
  } catch (error) {
    const unsent = turn.parts.some((part) => part.state === 'waiting');
    if (unsent) throw error;
    throw recordFailed(withPart(turn, sent), error, ports);
  }
}

const savePart = (turn: Turn, part: ReplyPart, ports: ReplyPorts): Promise<Turn> =>
  ports.store.saveTurn(withPart(turn, part));

function withPart(turn: Turn, part: ReplyPart): Turn {
  const parts = turn.parts.map((other) => (other.message_key === part.message_key ? part : other));
  const state = parts.every((other) => other.state === 'sent') ? 'sent' : 'sending';
  return { ...turn, state, parts };
}

type Doubtful =
  | { kind: 'sent'; messageSid: string }
  | { kind: 'too early'; afterSeconds: number }
  | { kind: 'not found' };

async function lookForDoubtful(turn: Turn, part: ReplyPart, ports: ReplyPorts): Promise<Doubtful> {
  const reported = await ports.store.reportedSid(turn, part.message_key);
  if (reported) return { kind: 'sent', messageSid: reported };
  const claimedAt = part.claimed_at ?? 0;
  const patienceMs = part.answer_lost ? callbackGraceMs : lateSendMs;
  const waitMs = claimedAt + patienceMs - ports.clock.now();
  // The callback may end the wait before its time.
  if (waitMs > 0) return { kind: 'too early', afterSeconds: Math.ceil(Math.max(3, waitMs / 4000)) };
  const sinceMs = claimedAt - clockSkewMs;
  const candidates = await ports.messenger.findAll(outbound(turn, part, ports), sinceMs);
  // Other replies may say the same, such as the notices.
  const others =
    candidates.length > 0 && (await ports.store.otherSids(turn, part.message_key, sinceMs));
  const messageSid = candidates.find((sid) => others && !others.has(sid));
  ports.log.warn('A message whose answer was lost was looked for.', {
    part: part.message_key,
    equal: candidates.length,
    found: messageSid !== undefined,
  });
  return messageSid ? { kind: 'sent', messageSid } : { kind: 'not found' };
}

const outbound = (turn: Turn, part: ReplyPart, ports: ReplyPorts): OutboundMessage => ({
  from: turn.business_number,
  to: turn.customer,
  body: part.body,
  statusCallback: ports.statusCallback(turn, part.message_key),
});
