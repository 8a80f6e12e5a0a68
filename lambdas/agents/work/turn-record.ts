import type { Turn, TurnOutcome } from '../ports.ts';

/** A turn that has ended, as far as it is remembered by the next ones. */
export type PastTurn = Pick<
  Turn,
  'turn_id' | 'through_sequence' | 'created_at' | 'attempts' | 'outcome'
>;

/** How a turn is to end, decided once; its text is that of the log up to `through_event`. */
export interface Ending {
  outcome: TurnOutcome;
  through_event: number;
  code?: string;
}

/** The record of a conversation's turn. */
export interface TurnRecord extends Turn {
  /** Who works on it, or did so last. */
  owner: string;
  /** The newest of the customer's messages that is to be answered; beyond `through_sequence` by the next turn. */
  wanted_sequence: number;
  /** When the model was asked first, in milliseconds since the epoch. */
  asked_at?: number;
  /** Who is asked. */
  agent?: string;
  /** How often the model has failed. */
  failures: number;
  /** The run at the vendor. */
  run_id?: string;
  ending?: Ending;
  /** The turns before, oldest first. */
  past: PastTurn[];
}

const rememberedTurns = 10;

/** A turn that begins with a customer's message. Its id is the same whoever begins it. */
export const newTurn = (
  { tenant_id, conversation_id }: Pick<Turn, 'tenant_id' | 'conversation_id'>,
  sequence: number,
  created_at: string,
  before?: TurnRecord,
): TurnRecord => ({
  tenant_id,
  conversation_id,
  turn_id: `turn-${sequence}`,
  state: 'running',
  through_sequence: sequence,
  wanted_sequence: sequence,
  lease_until: 0,
  attempts: 0,
  failures: 0,
  stop_requested: false,
  owner: '',
  created_at,
  past: before ? [...before.past, pastOf(before)].slice(-rememberedTurns) : [],
});

const pastOf = ({ turn_id, through_sequence, created_at, attempts, outcome }: TurnRecord) => ({
  turn_id,
  through_sequence,
  created_at,
  attempts,
  ...(outcome && { outcome }),
});

/** The turn as channels see it. */
export const turnOf = (record: TurnRecord): Turn => ({
  tenant_id: record.tenant_id,
  conversation_id: record.conversation_id,
  turn_id: record.turn_id,
  state: record.state,
  through_sequence: record.through_sequence,
  lease_until: record.lease_until,
  attempts: record.attempts,
  stop_requested: record.stop_requested,
  ...(record.outcome && { outcome: record.outcome }),
  created_at: record.created_at,
});

/** The turn that covers a message, of those that the record knows. */
export function coveringTurn(record: TurnRecord, sequence: number): Turn | undefined {
  const past = record.past.find(({ through_sequence }) => through_sequence >= sequence);
  if (past) {
    const { tenant_id, conversation_id } = record;
    const over = { state: 'ended', lease_until: 0, stop_requested: false } as const;
    return { tenant_id, conversation_id, ...past, ...over };
  }
  return record.through_sequence >= sequence ? turnOf(record) : undefined;
}
