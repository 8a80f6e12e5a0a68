import type { Table } from '../../shared/store/table.ts';
import type { Turn, TurnKey } from '../work/turn.ts';

/** The conversations table; each company says how long what is its own is kept. */
export interface ConversationsTable extends Table {
  retentionDays(companyId: string): Promise<number>;
}

/** The items of the conversations table, by its keys `pk` and `sk`. Every key but the registry's names its tenant. */
export const keys = {
  channel: (number: string) => ({ pk: 'CHANNELS', sk: number }),
  customer: (companyId: string, businessNumber: string, customer: string) => ({
    pk: `COMPANY#${companyId}#CUSTOMER#${customer}`,
    sk: `CHANNEL#${businessNumber}`,
  }),
  conversation: (key: Pick<TurnKey, 'company_id' | 'conversation_id'>) => ({
    pk: conversationPartition(key),
    sk: 'CONVERSATION',
  }),
  replyRateLimit: (key: Pick<TurnKey, 'company_id' | 'conversation_id'>) => ({
    pk: conversationPartition(key),
    sk: 'REPLY_BUDGET',
  }),
  turn: (key: TurnKey) => ({ pk: conversationPartition(key), sk: `TURN#${key.turn_id}` }),
  inbound: (turn: Turn, input: { received_at: string; message_sid: string }) => ({
    pk: conversationPartition(turn),
    sk: `MESSAGE#${input.received_at}#${input.message_sid}`,
  }),
  reply: (key: Pick<TurnKey, 'company_id' | 'conversation_id'>, messageKey: string) => ({
    pk: conversationPartition(key),
    sk: `MESSAGE#${messageKey}`,
  }),
};

export const messagePrefix = 'MESSAGE#';

export const conversationPartition = (
  key: Pick<TurnKey, 'company_id' | 'conversation_id'>,
): string => `COMPANY#${key.company_id}#CONVERSATION#${key.conversation_id}`;
