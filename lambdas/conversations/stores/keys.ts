import type { Key, Table } from '../../shared/store/table.ts';
import { type ConversationKey, conversationPartition } from '../conversation.ts';

/** The table of conversations; each company says how long what is its own is kept. */
export interface ConversationsTable extends Table {
  retentionDays(tenantId: string): Promise<number>;
}

const sequenceDigits = 12;

export const messagePrefix = 'MESSAGE#';

/** The items of a conversation. */
export const keys = {
  conversation: (key: ConversationKey): Key => ({
    pk: conversationPartition(key),
    sk: 'CONVERSATION',
  }),
  message: (key: ConversationKey, sequence: number): Key => ({
    pk: conversationPartition(key),
    sk: messagePrefix + String(sequence).padStart(sequenceDigits, '0'),
  }),
};

/** The keys of all messages behind a sequence. */
export const messagesBehind = (key: ConversationKey, after: number) => ({
  pk: conversationPartition(key),
  between: [keys.message(key, after + 1).sk, `${messagePrefix}~`] as const,
});
