import type { Message } from '../../conversations/conversation.ts';
import { counted } from '../../shared/plural.ts';
import type { HistoryEntry } from '../../shared/queue/outcome.ts';
import type { MessageStatus } from '../messages.ts';
import type { Inbound } from './inbound.ts';

/** The last recorded step; a redelivery continues after it. */
export type TurnState = 'received' | 'thread' | 'run' | 'text' | 'sending' | 'sent' | 'recorded';

/**
 * How a turn ended: with the model's answer, one of our own texts, the text for who asks for a person, a person's
 * own message passed on, refused by Twilio, nothing sent to one who opted out, nothing sent for a company that is
 * suspended, or nothing (more) sent because a person has the conversation or is waited for.
 */
export type TurnOutcome =
  | 'answered'
  | 'fallback'
  | 'notice'
  | 'handover'
  | 'written'
  | 'rejected'
  | 'suppressed'
  | 'withheld'
  | 'held';

/** The model's run. Without `run_id` it is claimed only: a crash or a lost answer left in doubt whether it began. */
export interface TurnRun {
  /** Milliseconds since the epoch, like all claims and leases. */
  claimed_at: number;
  run_id?: string;
  started_at?: number;
  /** Since when the thread is busy with another run. */
  busy_since?: number;
}

/** One WhatsApp message of the reply. A `claimed` part may or may not have been sent. */
export interface ReplyPart {
  body: string;
  /** Names the part's message item; its status callback carries it back. */
  message_key: string;
  state: 'waiting' | 'claimed' | 'sent' | 'rejected';
  claimed_at?: number;
  sent_at?: number;
  message_sid?: string;
  /** Its place in the conversation. */
  sequence?: number;
  status?: MessageStatus;
  error_code?: number;
  /** The connection of its send was cut: it has taken effect by now, or never will. */
  answer_lost?: true;
}

/**
 * The progress record of the inbound messages that one reply answers. `turn_id` is the MessageSid of
 * the first of them. Each save is one conditional write on `version`.
 */
export interface Turn {
  company_id: string;
  project_id: string;
  conversation_id: string;
  turn_id: string;
  /** Twilio's addresses of the customer and of the company. */
  customer: string;
  business_number: string;
  state: TurnState;
  version: number;
  /** Failures so far; waits and outages are none. */
  attempts: number;
  /** Failures so far by outages of others. */
  outages?: number;
  /** The latest tries that failed. */
  history?: HistoryEntry[];
  /** Until when an invocation that may still be alive works on it; 0 when none does. */
  lease_until: number;
  inputs: Inbound[];
  /** What the customer calls themselves. */
  customer_name?: string;
  /** The conversation's last message before this turn's own, or one before; missing in turns of the version before. */
  after?: number;
  /** The message of a person that it passes on; it has no inputs then. */
  person_message?: Pick<Message, 'message_id' | 'text' | 'author' | 'created_at' | 'client_id'>;
  thread_id?: string;
  run?: TurnRun;
  /** Runs in this thread that ended without an answer; what they were given may be in it. */
  failed_runs?: number;
  /** It has waited for the conversation's rate limit. */
  slowed?: boolean;
  /** How often what the model was to read was longer than it takes. */
  overflows?: number;
  /** How often the vendor has refused what the model was to read. */
  refusals?: number;
  /** Its thread begins without our history, since that may be what was refused. */
  without_history?: boolean;
  /** What its run has read, in tokens. */
  thread_tokens?: number;
  parts: ReplyPart[];
  outcome?: TurnOutcome;
  /** When the reply's text was made, in milliseconds since the epoch. */
  answered_at?: number;
  /** The last item of the thread that is known; a run whose id was lost is searched for behind it. */
  last_item_id?: string;
  created_at: string;
  updated_at: string;
}

/** The id of the turn that passes a person's message on. */
export const personTurnId = (messageId: string): string => `person.${messageId}`;

export type TurnKey = Pick<Turn, 'company_id' | 'conversation_id' | 'turn_id'>;

/** The reply as one text, as it is kept in the conversation. */
export const replyText = (turn: Turn): string => turn.parts.map((part) => part.body).join('\n\n');

/**
 * The last message that the turn's thread knows; undefined where it may not have all before it: something of others
 * stands between the turn's own.
 */
export function seenByThread({
  after,
  inputs,
  parts,
  thread_id,
  outcome,
}: Turn): number | undefined {
  const last = parts.at(-1)?.sequence;
  const isWhole = after !== undefined && last === after + inputs.length + parts.length;
  return thread_id && outcome !== 'held' && isWhole ? last : undefined;
}

/** The customer's words of a turn as one text. */
export const userText = (turn: Turn): string =>
  turn.inputs
    .map(inputText)
    .filter((text) => text !== '')
    .join('\n');

/** A message as the transcript keeps it: its text, and what came with it in brackets. */
export function inputText(input: Inbound): string {
  const pictures = input.images.length > 0 ? [`[${counted(input.images.length, 'picture')}]`] : [];
  return [input.text, ...pictures, ...unread(input)].filter((line) => line !== '').join('\n');
}

/** A message's words for the model, which has its pictures beside them and is told what it does not see. */
export const modelText = (input: Inbound): string =>
  [input.text, ...unread(input)].filter((line) => line !== '').join('\n');

const unread = (input: Inbound): string[] =>
  input.unreadable.map((kind) => `[Could not be read: ${kind}]`);

/** What the model is to read; a START that ended an opt-out is not for it. */
export const readableInputs = (turn: Turn): Inbound[] =>
  turn.inputs.filter((input) => !input.consent && (input.text !== '' || input.images.length > 0));
