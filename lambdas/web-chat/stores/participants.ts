import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import type { WebChatPorts } from '../work/ports.ts';
import { keys } from './keys.ts';

export interface ParticipantsTable extends Table {
  retentionDays(tenantId: string): Promise<number>;
}

/** Which conversation a participant has begun last, kept as long as conversations are. */
export function participants(table: ParticipantsTable): WebChatPorts['participants'] {
  const items = new ItemStore<{ conversation_id: string }>(table, 'a participant');
  return {
    async latestConversation(tenantId, participantId) {
      return (await items.get(keys.participant(tenantId, participantId)))?.conversation_id;
    },

    async recordConversation(tenantId, participantId, conversation_id) {
      const retentionDays = await table.retentionDays(tenantId);
      const key = keys.participant(tenantId, participantId);
      await items.put(key, { conversation_id }, { retentionDays });
    },
  };
}
