import * as z from 'zod/mini';
import { conversationId } from '../conversations/conversation.ts';
import { waitingEvent } from '../events/messages.ts';
import { tenantId } from '../tenancy/tenant.ts';

/** What waits in the queue of turns: a customer's message that a turn must cover. */
const turnMessage = z.object({
  tenant_id: tenantId,
  conversation_id: conversationId,
  sequence: z.int().check(z.gte(1)),
});
export type TurnMessage = z.output<typeof turnMessage>;

/** What waits in that queue: messages, and events that the bus did not take. */
export const queuedMessage = z.union([turnMessage, waitingEvent]);

/** The queue that answers what nobody else is answering. */
export interface TurnQueue {
  /** Throws `retry` where the queue does not take it. */
  put(message: TurnMessage, delaySeconds: number): Promise<void>;
}
