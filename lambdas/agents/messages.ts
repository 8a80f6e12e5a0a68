import * as z from 'zod/mini';
import { conversationId } from '../conversations/conversation.ts';
import { tenantId } from '../tenancy/tenant.ts';

const ofConversation = { tenant_id: tenantId, conversation_id: conversationId };

/**
 * What waits in the queue of turns: a customer's message that a turn must cover, by its sequence; or by its id where it
 * is about to be written, behind the sequence `after`.
 */
export const turnMessage = z.union([
  z.object({ ...ofConversation, sequence: z.int().check(z.gte(1)) }),
  z.object({ ...ofConversation, message_id: z.string(), after: z.int().check(z.gte(0)) }),
]);
export type TurnMessage = z.output<typeof turnMessage>;

/** The queue that answers what nobody else is answering. */
export interface TurnQueue {
  /** Throws `retry` where the queue does not take it. */
  put(message: TurnMessage, delaySeconds: number): Promise<void>;
}
