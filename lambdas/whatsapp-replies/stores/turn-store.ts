import { randomUUID } from 'node:crypto';
import { isoTime } from '../../shared/clock.ts';
import { retryLater } from '../../shared/errors.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Key } from '../../shared/store/table.ts';
import { type ConversationStore, turnTaken } from '../work/ports.ts';
import type { Turn, TurnKey } from '../work/turn.ts';
import { type ConversationsTable, keys } from './keys.ts';

type TurnMethods = Pick<ConversationStore, 'turnOf' | 'createTurn' | 'saveTurn' | 'mergeInto'>;

/** A turn's item, or the mark that a message is merged into another message's turn. */
type ProgressItem = (Turn & { save_id?: string }) | { covered_by: string };

/** The progress records: `TURN#<MessageSid>` in the conversation's partition. */
export function turnStore(table: ConversationsTable): TurnMethods {
  const turns = new ItemStore<ProgressItem & Partial<Key> & { expires_at?: number }>(
    table,
    'a turn',
  );
  const retentionDays = (turn: Turn) => table.retentionDays(turn.company_id);

  const read = async (key: TurnKey): Promise<ProgressItem | undefined> => {
    const item = await turns.get(keys.turn(key));
    if (!item) return undefined;
    const { pk: _pk, sk: _sk, expires_at: _expires, ...progress } = item;
    return progress;
  };

  return {
    async turnOf(key) {
      const progress = await read(key);
      if (!progress || !('covered_by' in progress)) return progress;
      const owner = await read({ ...key, turn_id: progress.covered_by });
      if (!owner || 'covered_by' in owner) return undefined;
      return owner.inputs.some((input) => input.message_sid === key.turn_id) ? owner : undefined;
    },

    async createTurn(turn) {
      const { written } = await turns.putIf(keys.turn(turn), turn, {
        if: expr`${turns.absent()} OR attribute_exists(covered_by)`,
        retentionDays: await retentionDays(turn),
      });
      return written;
    },

    async saveTurn(turn) {
      const saved = {
        ...turn,
        version: turn.version + 1,
        updated_at: isoTime(table.clock.now()),
        save_id: randomUUID(),
      };
      const { written } = await turns.putIf(keys.turn(turn), saved, {
        if: expr`version = ${turn.version}`,
        mine: ['save_id'],
        retentionDays: await retentionDays(turn),
      });
      if (written) return saved;
      const what = `Turn ${turn.turn_id} was written by another invocation since version ${turn.version}.`;
      throw retryLater(turnTaken, what);
    },

    async mergeInto(turn, messageSid) {
      if (messageSid === turn.turn_id) return turn.turn_id;
      const key = keys.turn({ ...turn, turn_id: messageSid });
      const covered_by = turn.turn_id;
      const { item } = await turns.putIf(
        key,
        { covered_by },
        {
          if: expr`${turns.absent()} OR covered_by = ${covered_by}`,
          mine: ['covered_by'],
          retentionDays: await retentionDays(turn),
        },
      );
      return item && 'covered_by' in item ? item.covered_by : messageSid;
    },
  };
}
