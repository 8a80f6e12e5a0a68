import type { ConversationKey } from '../../conversations/conversation.ts';
import type { ConversationLog } from '../../conversations/ports.ts';
import type { Clock } from '../../shared/clock.ts';
import type { LogOfIds, Meter } from '../../shared/log.ts';
import type { TurnQueue } from '../messages.ts';
import type { TurnEvent, TurnOutcome } from '../ports.ts';
import type { TurnRecord } from './turn-record.ts';

type TurnName = ConversationKey & { turn_id: string };
type Owned = TurnName & Pick<TurnRecord, 'owner'>;

/** The record of each conversation's turn. A write that finds the turn in other hands says so and changes nothing. */
export interface TurnStore {
  find(key: ConversationKey): Promise<TurnRecord | undefined>;
  /** Writes a turn where there is none, or in the place of one that has ended. */
  create(turn: TurnRecord, before?: TurnRecord): Promise<TurnRecord | undefined>;
  /** Records that a message waits for the turn that follows. */
  want(turn: TurnName, sequence: number): Promise<boolean>;
  /** Takes a turn whose record is as it was seen. */
  claim(
    seen: TurnRecord,
    claim: { owner: string; until: number; through: number },
  ): Promise<TurnRecord | undefined>;
  save(
    turn: Owned,
    set: Partial<TurnRecord>,
    remove?: readonly (keyof TurnRecord)[],
  ): Promise<TurnRecord | undefined>;
  /** Gives the turn up: nobody takes it before that time. Who has only waited has not tried. */
  release(turn: Owned, until: number, hasWaited?: boolean): Promise<void>;
  end(turn: Owned & Pick<TurnRecord, 'wanted_sequence'>, outcome: TurnOutcome): Promise<boolean>;
  /** Ends the turn, and the next one begins in the same write. */
  succeed(turn: Owned & Pick<TurnRecord, 'wanted_sequence'>, next: TurnRecord): Promise<boolean>;
  requestStop(turn: TurnName): Promise<boolean>;
}

/** Events that are written together, and the vendor's run that they are of. */
export interface EventBatch {
  events: TurnEvent[];
  run_id?: string;
}

export interface EventLog {
  /** Writes a batch behind all others; false where another writer was first. */
  append(turn: TurnName, batch: EventBatch): Promise<boolean>;
  /** The batches of events behind a sequence. */
  read(turn: TurnName, after: number): Promise<EventBatch[]>;
}

export interface Picture {
  contentType: string;
  bytes: Uint8Array;
}

/** A message as the model reads it. */
export interface ModelMessage {
  role: 'user' | 'assistant';
  text: string;
  pictures: Picture[];
}

export interface Question extends TurnName {
  messages: ModelMessage[];
}

/** What a model tells while it answers. `text` is its whole answer so far, as far as it stays. */
export type ModelStep =
  | { kind: 'began'; runId: string; resumable: boolean }
  | { kind: 'text'; text: string }
  | { kind: 'answered'; text: string }
  | { kind: 'unanswered'; reason: string };

/** A model with the company's instructions. It throws what `openAiFault` says, or the codes below. */
export interface Model {
  /**
   * Asks, or reads the answer to what was asked before from its beginning, where a run is given. The last step is
   * `answered` or `unanswered`.
   */
  answer(
    question: Question,
    runId: string | undefined,
    ended: AbortSignal,
  ): AsyncIterable<ModelStep>;
  /** Ends a run; best effort. */
  cancel(runId: string): Promise<void>;
  /** Has the vendor delete a run; best effort. */
  forget(runId: string): Promise<void>;
}

/** The code of the error that means: the model takes no input of this length. */
export const tooLong = 'model_input_too_long';
/** The code of a turn that ends its function each time. */
export const turnCrashed = 'turn_crashed';
/** The code of the error that means: the vendor does not know the run any more. */
export const runUnknown = 'run_unknown';

/** Who answers a company's customers, and on what terms. */
export interface Agent {
  name: string;
  model: Model;
  /** Said when the model refuses or answers nothing. */
  fallback: string;
  /** How long the model may take in all. */
  maxWaitMs: number;
  /** The company's messages are kept, but not answered. */
  suspended: boolean;
}

/** What the work on a turn needs of the world. */
export interface RunTurnPorts {
  turns: TurnStore;
  events: EventLog;
  conversations: Pick<ConversationLog, 'find' | 'append' | 'latest'>;
  queue: TurnQueue;
  agentFor(
    tenantId: string,
    specId: string | null,
    channel: 'whatsapp' | 'webchat',
  ): Promise<Agent>;
  /** Takes a turn from the limits; in how many milliseconds there is one, 0 where it got one. */
  tryAcquireTurn(key: ConversationKey): Promise<number>;
  /** The bytes of a message's file; undefined where there are none that a model could see. */
  fileBytes?(key: ConversationKey, fileId: string): Promise<Picture | undefined>;
  /** Counts a reply in the company's usage; never throws. */
  countReply(tenantId: string): Promise<void>;
  clock: Clock;
  random: () => number;
  meter: Meter;
  logOf(ids: Record<string, string>): LogOfIds;
}
