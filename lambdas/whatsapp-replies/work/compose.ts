import { isoTime } from '../../shared/clock.ts';
import type { Texts } from '../features.ts';
import { personMessageKey } from './delivery.ts';
import type { ReplyPart, Turn, TurnOutcome } from './turn.ts';
import { isBlank, withoutControls } from './whatsapp-text/characters.ts';
import { maxBodyChars, splitForWhatsApp } from './whatsapp-text/split-text.ts';
import { toWhatsAppText } from './whatsapp-text.ts';

/** What the model said; undefined when there was nothing for it to read. */
export type ModelAnswer =
  | { kind: 'answered'; text: string }
  | { kind: 'unanswered'; reason: string }
  | undefined;

/** A longer answer is cut: each part is billed, and nobody reads ten screens of chat. */
const maxParts = 10;

/** The turn with its reply: the model's words for WhatsApp, then what the product itself has to say. */
export function composeReply(turn: Turn, answer: ModelAnswer, texts: Texts, nowMs: number): Turn {
  const text = answer?.kind === 'answered' ? toWhatsAppText(answer.text) : '';
  const answered = isBlank(text) ? '' : text;
  const spoken = answer && !answered ? texts.fallback : answered;
  const notices = [...greeting(turn, texts), ...unreadableNotice(turn, texts)];
  const reply = [spoken, ...notices].filter((part) => part !== '').join('\n\n');
  const parts = splitForWhatsApp(reply);
  const bodies =
    parts.length <= maxParts
      ? parts
      : withNotices(splitForWhatsApp(spoken), splitForWhatsApp(notices.join('\n\n')));
  return withParts(turn, bodies, outcomeOf(answer, answered), nowMs);
}

/** The turn with the text for a customer who asks for a person. */
export const composeHandover = (turn: Turn, text: string, nowMs: number): Turn =>
  withParts(turn, splitForWhatsApp(text), 'handover', nowMs);

/** The parts of a message that a person has written, whole however long it is. */
export function composeWritten(messageId: string, text: string): ReplyPart[] {
  const bodies = splitForWhatsApp(withoutControls(text));
  return bodies.map((body, index) => ({
    body,
    message_key: personMessageKey(messageId, index + 1, bodies.length),
    state: 'waiting',
  }));
}

function withParts(turn: Turn, bodies: string[], outcome: TurnOutcome, nowMs: number): Turn {
  const time = replyTime(turn, nowMs);
  return {
    ...turn,
    state: 'text',
    answered_at: nowMs,
    outcome,
    parts: bodies.map((body, index) => ({
      body,
      message_key: `${time}#${turn.turn_id}.${String(index + 1).padStart(2, '0')}`,
      state: 'waiting',
    })),
  };
}

function outcomeOf(answer: ModelAnswer, answered: string): TurnOutcome {
  if (!answer) return 'notice';
  return answered ? 'answered' : 'fallback';
}

function greeting(turn: Turn, texts: Texts): string[] {
  return turn.inputs.some(({ consent }) => consent === 'started') ? [texts.opted_in] : [];
}

function unreadableNotice(turn: Turn, texts: Texts): string[] {
  const kinds = [...new Set(turn.inputs.flatMap((input) => input.unreadable))];
  if (kinds.length === 0) return [];
  return [texts.unreadable.replaceAll('{kinds}', () => kinds.join(', '))];
}

/** When the reply was made, and in any case after the messages that it answers. */
function replyTime(turn: Turn, nowMs: number): string {
  const latest = turn.inputs.reduce(
    (max, input) => Math.max(max, Date.parse(input.received_at)),
    0,
  );
  return isoTime(Math.max(nowMs, latest + 1));
}

/** What is too long loses the end of the answer, never what the product has to say. */
function withNotices(spoken: string[], notices: string[]): string[] {
  const room = maxParts - notices.length;
  if (spoken.length <= room) return [...spoken, ...notices];
  const last = `${(spoken[room - 1] ?? '').slice(0, maxBodyChars - 2).toWellFormed()} …`;
  return [...spoken.slice(0, room - 1), last, ...notices];
}
