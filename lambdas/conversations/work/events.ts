import { createHash } from 'node:crypto';
import type * as z from 'zod/mini';
import type { ProductEvent } from '../../events/messages.ts';
import type { Conversation, Message } from '../conversation.ts';
import {
  type ConversationEventType,
  conversationReference,
  eventData,
  maxEventText,
} from '../messages.ts';
import type { Feedback } from './feedback.ts';

/** The event that a conversation has begun. */
export const startedEvent = (conversation: Conversation): ProductEvent =>
  eventOf('conversation.started', conversation, '0', conversation.created_at, {});

/** The event of a message: the same however often it is made. */
export function messageEvent(conversation: Conversation, message: Message): ProductEvent {
  const { sequence, created_at } = message;
  const what = { message: messageData(message) };
  return eventOf(typeOf(message), conversation, String(sequence), created_at, what);
}

/** The event that a message has not reached the customer. */
export function failedEvent(conversation: Conversation, message: Message): ProductEvent {
  const { sequence, created_at, delivery } = message;
  const data = { message: messageData(message), error_code: delivery?.error_code ?? null };
  const at = delivery?.updated_at ?? created_at;
  return eventOf('message.failed', conversation, String(sequence), at, data);
}

/** The event of what a customer thinks; a change of mind is another one. */
export function feedbackEvent(conversation: Conversation, feedback: Feedback): ProductEvent {
  const { feedback_id, updated_at } = feedback;
  const which = `${feedback_id} ${updated_at}`;
  return eventOf('feedback.given', conversation, which, updated_at, { feedback });
}

function typeOf({ role, event }: Message): ConversationEventType {
  if (event) return `conversation.${event}`;
  return role === 'user' ? 'message.received' : 'message.sent';
}

function messageData({ text, delivery: _changes, ...message }: Message) {
  return text.length > maxEventText
    ? { ...message, text: text.slice(0, maxEventText).toWellFormed(), truncated: true }
    : { ...message, text };
}

function eventOf(
  type: ConversationEventType,
  conversation: Conversation,
  /** What tells it from others of its type in the conversation. */
  which: string,
  occurred_at: string,
  more: object,
): ProductEvent {
  const { tenant_id, conversation_id, created_at } = conversation;
  const schema: z.ZodMiniType<Record<string, unknown>> = eventData[type];
  // The time at which it began tells it from one of the same id whose retention has ended.
  const name = [tenant_id, conversation_id, created_at, which, type].join('\n');
  return {
    id: `evt_${createHash('sha256').update(name).digest('hex').slice(0, 40)}`,
    type,
    tenant_id,
    occurred_at,
    data: schema.parse({ conversation: conversationReference.parse(conversation), ...more }),
  };
}
