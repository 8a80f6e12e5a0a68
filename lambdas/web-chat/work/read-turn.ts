import type { Turn, TurnEvent, Turns } from '../../agents/ports.ts';
import type { ConversationKey } from '../../conversations/conversation.ts';
import type { ConversationLog } from '../../conversations/ports.ts';
import type { Clock } from '../../shared/clock.ts';
import { limits } from '../limits.ts';

export interface TurnReaderPorts {
  turns: Pick<Turns, 'covering' | 'current' | 'events'>;
  conversations: Pick<ConversationLog, 'find'>;
  clock: Clock;
}

/** What is read: a turn, or that which answers a message and may be yet to come; from behind an event on. */
export interface Wanted {
  key: ConversationKey;
  turn: Pick<Turn, 'turn_id' | 'state'> | undefined;
  sequence: number;
  after: number;
  /** When the reader ends though the turn does not. */
  until: number;
  /** Resolves when there may be something new, at the latest after so many milliseconds. */
  pause(ms: number): Promise<unknown>;
}

/** A sign of life where nothing is new. */
export type Alive = 'alive';

/**
 * The events of a turn as they are written. It only reads: whoever reads, goes away or comes back changes nothing. It
 * ends with the turn's last event, or when its time is up.
 */
export async function* readTurn(
  wanted: Wanted,
  { turns, conversations, clock }: TurnReaderPorts,
): AsyncGenerator<TurnEvent | Alive> {
  const { key, until, pause } = wanted;
  let { turn, after } = wanted;
  let aliveAt = clock.now();
  while (clock.now() < until) {
    turn ??= await turns.covering(key, wanted.sequence);
    const events = turn ? await turns.events(key, turn.turn_id, after) : [];
    for (const event of events) {
      yield event;
      after = event.sequence;
      if (isLast(event)) return;
    }
    // Its log has expired, or nothing of it is left to read.
    if (turn?.state === 'ended' && events.length === 0) return;
    if (!turn && (await isWithPerson(key, conversations))) {
      // It may have begun since it was looked for.
      turn = await turns.covering(key, wanted.sequence);
      if (turn) continue;
      return yield withheld(wanted.sequence);
    }
    if (events.length > 0) aliveAt = clock.now();
    if (clock.now() - aliveAt >= limits.heartbeatSeconds * 1_000) {
      aliveAt = clock.now();
      yield 'alive';
      // Whoever has read its end already is told nothing more of it.
      if (turn) turn = await asItIs(key, turn, turns);
    }
    await pause(limits.streamPollMs);
  }
}

const isLast = ({ event }: TurnEvent): boolean => event === 'complete' || event === 'error';

/** A turn that is no longer the conversation's current one has ended. */
async function asItIs(
  key: ConversationKey,
  turn: Pick<Turn, 'turn_id' | 'state'>,
  turns: Pick<Turns, 'current'>,
): Promise<Pick<Turn, 'turn_id' | 'state'>> {
  const current = await turns.current(key);
  return current?.turn_id === turn.turn_id ? current : { ...turn, state: 'ended' };
}

/** Nobody answers automatically: the message waits for a person. */
async function isWithPerson(
  key: ConversationKey,
  conversations: Pick<ConversationLog, 'find'>,
): Promise<boolean> {
  const conversation = await conversations.find(key);
  return conversation?.handling !== 'automatic';
}

const withheld = (sequence: number): TurnEvent => ({
  sequence: 1,
  turn_id: `turn-${sequence}`,
  event: 'complete',
  value: '',
  outcome: 'withheld',
});
