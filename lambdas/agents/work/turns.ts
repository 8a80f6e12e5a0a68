import type { ConversationKey } from '../../conversations/conversation.ts';
import { type Clock, isoTime } from '../../shared/clock.ts';
import { retryLater } from '../../shared/errors.ts';
import { limits } from '../limits.ts';
import type { TurnQueue } from '../messages.ts';
import type { Answerer, Turns } from '../ports.ts';
import type { EventLog, TurnStore } from './ports.ts';
import { coveringTurn, newTurn, turnOf } from './turn-record.ts';

export interface TurnsPorts {
  turns: TurnStore;
  events: EventLog;
  queue: TurnQueue;
  clock: Pick<Clock, 'now'>;
}

const maxTries = 10;

/**
 * The turns of conversations. Before a turn begins, the queue knows the message that it is to answer: whoever dies on the
 * way, the message is answered.
 */
export function turnsOf({ turns, events, queue, clock }: TurnsPorts): Turns {
  const begun = async (key: ConversationKey, sequence: number) => {
    for (let tries = 0; tries < maxTries; tries++) {
      const there = await turns.find(key);
      const covering = there && coveringTurn(there, sequence);
      if (covering) return covering;
      if (there?.state === 'running') {
        if (there.wanted_sequence >= sequence) return undefined;
        if (await turns.want(there, sequence)) return undefined;
        continue;
      }
      const made = await turns.create(newTurn(key, sequence, isoTime(clock.now()), there), there);
      if (made) return coveringTurn(made, sequence);
    }
    throw retryLater('turn_contended', 'Too many messages begin a turn at the same time.');
  };

  const delayOf = (answerer: Answerer) => (answerer === 'caller' ? limits.watchdogSeconds : 0);

  return {
    expect: ({ tenant_id, conversation_id }, { message_id, after }, answerer = 'worker') =>
      queue.put({ tenant_id, conversation_id, message_id, after }, delayOf(answerer)),

    async begin(key, sequence, answerer = 'worker') {
      const there = await turns.find(key);
      const covering = there && coveringTurn(there, sequence);
      if (covering?.state === 'ended') return covering;
      const { tenant_id, conversation_id } = key;
      if (answerer !== 'queued') {
        await queue.put({ tenant_id, conversation_id, sequence }, delayOf(answerer));
      }
      return begun(key, sequence);
    },

    async current(key) {
      const there = await turns.find(key);
      return there && turnOf(there);
    },

    async covering(key, sequence) {
      const there = await turns.find(key);
      return there && coveringTurn(there, sequence);
    },

    async events({ tenant_id, conversation_id }, turn_id, after) {
      const batches = await events.read({ tenant_id, conversation_id, turn_id }, after);
      return batches.flatMap((batch) => batch.events);
    },

    async stop(key) {
      const there = await turns.find(key);
      return there?.state === 'running' && turns.requestStop(there);
    },
  };
}
