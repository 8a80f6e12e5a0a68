import type { ConversationKey } from '../../conversations/conversation.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Key, Table } from '../../shared/store/table.ts';
import type { TurnStore } from '../work/ports.ts';
import type { TurnRecord } from '../work/turn-record.ts';
import { keys } from './keys.ts';

/** The table of conversations; each company says how long what is its own is kept. */
export interface TurnTable extends Table {
  retentionDays(tenantId: string): Promise<number>;
}

/** The turn of a conversation: one item, each of whose changes is one conditional write. */
export function turnStore(table: TurnTable): TurnStore {
  const items = new ItemStore<TurnRecord & Partial<Key> & { expires_at?: number }>(table, 'a turn');
  const recordOf = (item: object | undefined): TurnRecord | undefined => {
    if (!item) return undefined;
    const {
      pk: _pk,
      sk: _sk,
      expires_at: _until,
      ...record
    } = item as TurnRecord &
      Key &
      object & {
        expires_at?: number;
      };
    return record;
  };
  const kept = async ({ tenant_id }: ConversationKey) => ({
    retentionDays: await table.retentionDays(tenant_id),
  });
  const mine = ({ turn_id, owner }: Pick<TurnRecord, 'turn_id' | 'owner'>) =>
    expr`turn_id = ${turn_id} AND owner = ${owner} AND state = ${'running'}`;

  return {
    find: async (key) => recordOf(await items.get(keys.turn(key))),

    async create(turn, before) {
      const { written, item } = await items.putIf(keys.turn(turn), turn, {
        if: before ? expr`turn_id = ${before.turn_id} AND state = ${'ended'}` : items.absent(),
        mine: ['turn_id'],
        ...(await kept(turn)),
      });
      return written ? recordOf(item) : undefined;
    },

    async want({ turn_id, ...key }, sequence) {
      const { written } = await items.updateIf(keys.turn(key), {
        set: { wanted_sequence: sequence },
        if: expr`turn_id = ${turn_id} AND state = ${'running'} AND wanted_sequence < ${sequence}`,
        mine: ['wanted_sequence'],
      });
      return written;
    },

    async claim(seen, { owner, until, through }) {
      const { written, item } = await items.updateIf(keys.turn(seen), {
        set: { owner, lease_until: until, through_sequence: through },
        add: { attempts: 1 },
        if: expr`turn_id = ${seen.turn_id} AND state = ${'running'} AND lease_until = ${seen.lease_until} AND wanted_sequence = ${seen.wanted_sequence}`,
        mine: ['owner'],
      });
      return written ? recordOf(item) : undefined;
    },

    async save(turn, set, remove = []) {
      const { written, item } = await items.updateIf(keys.turn(turn), {
        set: { ...set },
        remove,
        if: mine(turn),
      });
      return written ? recordOf(item) : undefined;
    },

    async release(turn, until, hasWaited = false) {
      await items.updateIf(keys.turn(turn), {
        set: { lease_until: until, owner: '' },
        ...(hasWaited && { add: { attempts: -1 } }),
        if: mine(turn),
      });
    },

    async end(turn, outcome) {
      const { written } = await items.updateIf(keys.turn(turn), {
        set: { state: 'ended', outcome, lease_until: 0, ended_by: turn.owner },
        if: expr`${mine(turn)} AND wanted_sequence = ${turn.wanted_sequence}`,
        mine: ['ended_by', 'state'],
      });
      return written;
    },

    async succeed(turn, next) {
      const { written } = await items.putIf(keys.turn(turn), next, {
        if: expr`${mine(turn)} AND wanted_sequence = ${turn.wanted_sequence}`,
        mine: ['turn_id'],
        ...(await kept(turn)),
      });
      return written;
    },

    async requestStop({ turn_id, ...key }) {
      const { written } = await items.updateIf(keys.turn(key), {
        set: { stop_requested: true },
        if: expr`turn_id = ${turn_id} AND state = ${'running'}`,
      });
      return written;
    },
  };
}
