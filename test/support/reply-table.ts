import { conversationLog } from '../../lambdas/conversations/stores/conversation-log.ts';
import { conversationStore } from '../../lambdas/whatsapp-replies/stores/conversation-store.ts';
import type { ConversationStore } from '../../lambdas/whatsapp-replies/work/ports.ts';
import type { TestTable } from './table.ts';

/** What the reply processor keeps, with the log of all channels in the same table: their keys have nothing in common. */
export const replyStore = (table: TestTable): ConversationStore =>
  conversationStore(table, conversationLog(table));
