import { EngineError, retryLater } from '../../../shared/errors.ts';
import { errorForLog } from '../../../shared/log.ts';
import {
  notRecorded,
  type OutboundMessage,
  type SendResult,
  type StepResult,
  type TurnContext,
} from '../ports.ts';
import type { ReplyPart, Turn } from '../turn.ts';

/** After a connection that was cut: how long to wait for Twilio's status callback before asking for the message list. */
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
export async function sendParts(turn: Turn, context: TurnContext): Promise<StepResult> {
  let current = turn;
  // Again with each try: it is so already then.
  if (turn.outcome === 'handover') await context.store.requestPerson(turn);
  for (let index = 0; index < current.parts.length; index++) {
    const part = current.parts[index];
    if (!part || part.state === 'sent') continue;
    if (part.state === 'rejected') return finish(current, 'rejected', context);
    if (context.remainingMs() < sendReserveMs)
      return { kind: 'waiting', turn: current, afterSeconds: 1 };
    if (part.state === 'claimed') {
      const found = await lookForDoubtful(current, part, context);
      if (found.kind === 'too early') {
        return { kind: 'waiting', turn: current, afterSeconds: found.afterSeconds };
      }
      if (found.kind === 'sent') {
        const sent: ReplyPart = { ...part, state: 'sent', message_sid: found.messageSid };
        current = await savePart(current, sent, context);
        continue;
      }
    }
    if (await context.store.hasOptedOut(current)) return finish(current, 'suppressed', context);
    const { turn: sent, ended } = await sendPart(current, part, context);
    current = sent;
    if (ended) return finish(current, ended, context);
  }
  return finish(current, undefined, context);
}

async function finish(
  turn: Turn,
  outcome: 'suppressed' | 'rejected' | 'held' | undefined,
  context: TurnContext,
): Promise<StepResult> {
  const sent: Turn = { ...turn, state: 'sent', ...(outcome && { outcome }) };
  return { kind: 'moved', turn: outcome ? await context.store.saveTurn(sent) : sent };
}

async function sendPart(
  turn: Turn,
  part: ReplyPart,
  context: TurnContext,
): Promise<{ turn: Turn; ended?: 'rejected' | 'held' }> {
  const { answer_lost: _before, ...unsent } = part;
  const claimedPart: ReplyPart = { ...unsent, state: 'claimed', claimed_at: context.clock.now() };
  const claimed = await context.store.saveTurn(withPart(turn, claimedPart));
  const appended = await appendPart(claimed, part, context);
  if (!appended) return { turn: withPart(claimed, { ...unsent, state: 'waiting' }), ended: 'held' };
  const claim: ReplyPart = { ...claimedPart, ...appended };
  const result = await context.messenger.send(outbound(claimed, part, context));
  switch (result.kind) {
    case 'sent':
      context.meter.count('MessagesSent');
      return { turn: await saveSent(claimed, claim, result, context) };
    case 'rejected': {
      context.meter.count('MessagesRejected');
      context.log.warn('Twilio refused the message permanently.', { error_code: result.errorCode });
      const refused: ReplyPart = { ...claim, state: 'rejected', error_code: result.errorCode };
      return { turn: await savePart(claimed, refused, context), ended: 'rejected' };
    }
    case 'not_sent': {
      await savePart(claimed, { ...part, state: 'waiting' }, context);
      throw retryLater('twilio_not_sent', `Twilio did not accept the message: ${result.reason}.`, {
        cause: result.cause,
        ...(result.retryAfterSeconds && { retryAfterSeconds: result.retryAfterSeconds }),
      });
    }
    case 'unsure':
      if (!result.mayComeLate) await savePart(claimed, { ...claim, answer_lost: true }, context);
      throw retryLater('twilio_unsure', `Twilio's answer for part ${part.message_key} was lost.`, {
        cause: result.cause,
      });
    default:
      return result satisfies never;
  }
}

/** Immediately before the part is sent. Where that fails the part is known not to be sent, as far as that can be kept. */
async function appendPart(
  turn: Turn,
  part: ReplyPart,
  context: TurnContext,
): Promise<{ sequence?: number } | undefined> {
  try {
    return await context.store.appendPart(turn, part);
  } catch (error) {
    await savePart(turn, { ...part, state: 'waiting' }, context).catch(() => undefined);
    throw error;
  }
}

/** Once the customer has the whole reply, a failing store must not bring the message back. */
async function saveSent(
  turn: Turn,
  claim: ReplyPart,
  result: Extract<SendResult, { kind: 'sent' }>,
  context: TurnContext,
): Promise<Turn> {
  const sent: ReplyPart = {
    ...claim,
    state: 'sent',
    sent_at: context.clock.now(),
    message_sid: result.messageSid,
    status: result.status,
  };
  try {
    return await savePart(turn, sent, context);
  } catch (error) {
    const unsent = turn.parts.some((part) => part.state === 'waiting');
    if (unsent) throw error;
    throw recordFailed(withPart(turn, sent), error, context);
  }
}

const savePart = (turn: Turn, part: ReplyPart, context: TurnContext): Promise<Turn> =>
  context.store.saveTurn(withPart(turn, part));

function withPart(turn: Turn, part: ReplyPart): Turn {
  const parts = turn.parts.map((other) => (other.message_key === part.message_key ? part : other));
  const state = parts.every((other) => other.state === 'sent') ? 'sent' : 'sending';
  return { ...turn, state, parts };
}

type Doubtful =
  | { kind: 'sent'; messageSid: string }
  | { kind: 'too early'; afterSeconds: number }
  | { kind: 'not found' };

async function lookForDoubtful(
  turn: Turn,
  part: ReplyPart,
  context: TurnContext,
): Promise<Doubtful> {
  const reported = await context.store.reportedSid(turn, part.message_key);
  if (reported) return { kind: 'sent', messageSid: reported };
  const claimedAt = part.claimed_at ?? 0;
  const maxWaitMs = part.answer_lost ? callbackGraceMs : lateSendMs;
  const waitMs = claimedAt + maxWaitMs - context.clock.now();
  // The callback may end the wait before its time.
  if (waitMs > 0) return { kind: 'too early', afterSeconds: Math.ceil(Math.max(3, waitMs / 4000)) };
  const sinceMs = claimedAt - clockSkewMs;
  const candidates = await context.messenger.findAll(outbound(turn, part, context), sinceMs);
  // Other replies may say the same, such as the notices.
  const others =
    candidates.length > 0 && (await context.store.otherSids(turn, part.message_key, sinceMs));
  const messageSid = candidates.find((sid) => others && !others.has(sid));
  context.log.warn('Looked for a message whose answer was lost.', {
    part: part.message_key,
    equal: candidates.length,
    found: messageSid !== undefined,
  });
  return messageSid ? { kind: 'sent', messageSid } : { kind: 'not found' };
}

const outbound = (turn: Turn, part: ReplyPart, context: TurnContext): OutboundMessage => ({
  from: turn.business_number,
  to: turn.customer,
  body: part.body,
  statusCallback: context.statusCallback(turn, part.message_key),
});

/** Writes the reply into the conversation and closes the turn. */
export async function recordTurn(turn: Turn, context: TurnContext): Promise<StepResult> {
  try {
    await context.store.recordReply(turn);
    const recorded: Turn = { ...turn, state: 'recorded', lease_until: 0 };
    const saved = await context.store.saveTurn(recorded);
    await report(saved, context);
    return { kind: 'moved', turn: saved };
  } catch (error) {
    const isSent = turn.parts.some((part) => part.state === 'sent');
    throw isSent ? recordFailed(turn, error, context) : error;
  }
}

async function report(turn: Turn, context: TurnContext): Promise<void> {
  const from = turn.inputs[0]?.received_at ?? turn.created_at;
  const seconds = (context.clock.now() - Date.parse(from)) / 1000;
  const isReply = turn.person_message === undefined;
  if (isReply && turn.parts.some((part) => part.state === 'sent')) {
    context.meter.count('RepliesSent');
    await context.countReply(turn);
    context.meter.seconds('ReplySeconds', Math.max(0, seconds));
    const sendMs = context.clock.now() - (turn.answered_at ?? context.clock.now());
    context.meter.seconds('SendSeconds', Math.max(0, sendMs / 1000));
  }
  context.log.info('The turn is recorded.', {
    outcome: turn.outcome,
    messages: turn.inputs.length,
    parts: turn.parts.length,
    seconds,
  });
}

/**
 * Logs all that is needed to repair the record by hand and makes the error by which the queue loop
 * lets the message go: the customer has been answered and must not be answered twice.
 */
function recordFailed(turn: Turn, error: unknown, context: TurnContext): EngineError {
  context.meter.count('RepliesNotRecorded');
  context.log.critical('The reply was sent but could not be recorded.', {
    company_id: turn.company_id,
    conversation_id: turn.conversation_id,
    turn_id: turn.turn_id,
    message_sids: turn.parts.flatMap((part) => part.message_sid ?? []),
    error: errorForLog(error),
  });
  const message = `The reply of turn ${turn.turn_id} is sent, not recorded.`;
  return new EngineError('discard', notRecorded, message, { cause: error });
}
