import type { ConversationKey, Message } from '../conversations/conversation.ts';

/** How a turn has ended. `withheld`: a person has taken the conversation over meanwhile. */
export const turnOutcomes = ['answered', 'stopped', 'withheld', 'failed'] as const;
export type TurnOutcome = (typeof turnOutcomes)[number];

/**
 * One step of a turn as a reader sees it. Sequences are 1, 2, 3 … in their turn; `complete` or `error` is the last.
 * A `response_chunk` with `reset` begins the answer anew: what came before it is no part of it.
 */
export type TurnEvent = { sequence: number; turn_id: string } & TurnStep;

export type TurnStep =
  | { event: 'thinking'; value: string }
  | { event: 'tool_call'; value: { tool: string; args: unknown } }
  | { event: 'response_chunk'; value: string; reset?: true }
  | { event: 'complete'; value: string; outcome: TurnOutcome; message?: Message }
  | { event: 'error'; value: string; code: string };

export type TurnState = 'running' | 'ended';

/**
 * The answering of a conversation's messages, of which one runs at a time. It covers the customer's messages up to
 * `through_sequence`.
 */
export interface Turn extends ConversationKey {
  turn_id: string;
  state: TurnState;
  through_sequence: number;
  /** Milliseconds since the epoch, until when whoever works on it may still be alive; 0 when nobody does. */
  lease_until: number;
  attempts: number;
  stop_requested: boolean;
  outcome?: TurnOutcome;
  created_at: string;
}

/** Who is to answer: the queue's worker; the caller, whom the queue looks after; or either, as the queue knows already. */
export type Answerer = 'worker' | 'caller' | 'queued';

/** A message that is about to be written, behind that sequence. */
export type ComingMessage = Pick<Message, 'message_id'> & { after: number };

/** How a channel has its customers' messages answered. */
export interface Turns {
  /**
   * Lets the queue know of a message before it is written, so that it is answered though whoever writes it dies. Its turn
   * is then begun as one of which the queue knows.
   */
  expect(
    key: ConversationKey,
    message: ComingMessage,
    answerer?: Exclude<Answerer, 'queued'>,
  ): Promise<void>;
  /**
   * The turn that answers this message: the running one that covers it, a new one, or undefined while another runs,
   * which the next turn follows. A turn that covers it and has ended is given too.
   */
  begin(
    key: ConversationKey,
    messageSequence: number,
    answerer?: Answerer,
  ): Promise<Turn | undefined>;
  current(key: ConversationKey): Promise<Turn | undefined>;
  /** The turn that covers a message, if one has begun. */
  covering(key: ConversationKey, messageSequence: number): Promise<Turn | undefined>;
  /** Events behind a sequence, as far as they are written. */
  events(key: ConversationKey, turnId: string, after: number): Promise<TurnEvent[]>;
  /** Has the turn that runs end with what it has; false where none runs. */
  stop(key: ConversationKey): Promise<boolean>;
}

/** Works on the turn of a conversation, if nobody else does; `wrote` is called with each part of its log that is written. */
export type RunTurn = (
  key: ConversationKey,
  invocation: { owner: string; remainingMs(): number },
  wrote?: (events: readonly TurnEvent[]) => void,
) => Promise<TurnProgress>;

/**
 * What has become of it: nothing runs; another works on it, or it waits, for that long; or it has ended, and the next
 * one has begun.
 */
export type TurnProgress =
  | { kind: 'idle' }
  | { kind: 'waits'; forMs: number }
  | { kind: 'ended'; next: Turn | undefined };
