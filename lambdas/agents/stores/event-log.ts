import { randomUUID } from 'node:crypto';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { limits } from '../limits.ts';
import type { TurnEvent } from '../ports.ts';
import type { EventBatch, EventLog } from '../work/ports.ts';
import { keys } from './keys.ts';

const last = 999_999_999;

/** The log of a turn: batches of events under the sequence of their first. Who writes the next one first has it. */
export function eventLog(table: Table): EventLog {
  const items = new ItemStore<EventBatch & { write_id: string }>(table, 'the events of a turn');
  return {
    async append(turn, batch) {
      const [first] = batch.events;
      if (!first) return true;
      const { written } = await items.create(
        keys.events(turn, turn.turn_id, first.sequence),
        { ...batch, write_id: randomUUID() },
        { mine: ['write_id'], retentionDays: limits.eventDays },
      );
      return written;
    },

    async read(turn, after) {
      // The batch in which the next event is may begin before it.
      const from = keys.events(turn, turn.turn_id, after + 2 - limits.batchEvents);
      const to = keys.events(turn, turn.turn_id, last);
      const batches = await items.all(
        { pk: from.pk, between: [from.sk, to.sk] },
        { consistent: true },
      );
      return batches
        .map(({ events, run_id }) => ({
          events: events.filter(({ sequence }) => sequence > after) as TurnEvent[],
          ...(run_id !== undefined && { run_id }),
        }))
        .filter(({ events }) => events.length > 0);
    },
  };
}
