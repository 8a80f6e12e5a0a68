import { type ConversationKey, conversationPartition } from '../../conversations/conversation.ts';

/** The items of agents in the table of conversations, in each conversation's partition. */
export const keys = {
  turn: (key: ConversationKey) => ({ pk: conversationPartition(key), sk: 'TURN' }),
  events: (key: ConversationKey, turnId: string, first: number) => ({
    pk: conversationPartition(key),
    sk: `EVENT#${turnId}#${padded(first)}`,
  }),
  turnLimit: (key: ConversationKey) => ({ pk: conversationPartition(key), sk: 'TURN_LIMIT' }),
  companyLimit: (tenantId: string) => ({ pk: `TENANT#${tenantId}`, sk: 'TURN_LIMIT' }),
};

const padded = (sequence: number): string => String(Math.max(0, sequence)).padStart(9, '0');
