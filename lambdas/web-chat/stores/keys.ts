import { type ConversationKey, conversationPartition } from '../../conversations/conversation.ts';
import type { Key } from '../../shared/store/table.ts';

/** The items of web chat in the table of conversations; each begins with its tenant, and no two visitors share one. */
export const keys = {
  message: (key: ConversationKey, keyHash: string): Key => ({
    pk: conversationPartition(key),
    sk: `CLIENT#${keyHash}`,
  }),
  rate: (key: ConversationKey): Key => ({ pk: conversationPartition(key), sk: 'RATE' }),
  initiate: (tenantId: string, keyHash: string): Key => ({
    pk: `TENANT#${tenantId}#INITIATE#${keyHash}`,
    sk: 'KEY',
  }),
  participant: (tenantId: string, participantId: string): Key => ({
    pk: `TENANT#${tenantId}#PARTICIPANT#${participantId}`,
    sk: 'LATEST',
  }),
  address: (tenantId: string, address: string): Key => ({
    pk: `TENANT#${tenantId}#ADDRESS#${address}`,
    sk: 'RATE',
  }),
  conversations: (tenantId: string): Key => ({ pk: `TENANT#${tenantId}#WEBCHAT`, sk: 'RATE' }),
};
