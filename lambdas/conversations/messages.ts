import * as z from 'zod/mini';
import type { ProductEventType } from '../events/messages.ts';
import { tenantId } from '../tenancy/tenant.ts';
import { conversationId, conversationSchema, messageSchema } from './conversation.ts';
import { feedbackSchema } from './work/feedback.ts';

const author = messageSchema.shape.author;

/**
 * A message of a person that is on its way to the customer, in the queue of a channel: whole, so that who takes it out
 * can write it into the log first, where it may not be yet. The group of a FIFO queue is the conversation.
 */
export const outboundMessage = z.object({
  kind: z.literal('outbound'),
  tenant_id: tenantId,
  conversation_id: conversationId,
  message_id: z.string(),
  /** What `append` takes as `after`. */
  after: z.int(),
  text: z.string(),
  author,
  created_at: z.iso.datetime(),
  client_id: z.optional(z.string()),
  /** The channel's own, of the conversation. */
  metadata: conversationSchema.shape.metadata,
});
export type OutboundMessage = z.output<typeof outboundMessage>;

/** What events tell of a conversation: what stays the same, so that an event is the same however often it is published. */
export const conversationReference = z.pick(conversationSchema, {
  conversation_id: true,
  channel: true,
  channel_id: true,
  participant_id: true,
  participant_name: true,
  external_id: true,
  created_at: true,
});

/** The longest text of a message in an event; the bus takes no more. */
export const maxEventText = 32_000;

/** A message in an event, without what may change of it. */
const toldMessage = z.extend(z.omit(messageSchema, { delivery: true }), {
  /** The text is longer; all of it is in the conversation. */
  truncated: z.optional(z.literal(true)),
});

const ofMessage = z.object({ conversation: conversationReference, message: toldMessage });

/** The data of the events of conversations, by their types. */
export const eventData = {
  'conversation.started': z.object({ conversation: conversationReference }),
  'conversation.person_requested': ofMessage,
  'conversation.taken_over': ofMessage,
  'conversation.handed_back': ofMessage,
  'conversation.closed': ofMessage,
  'message.received': ofMessage,
  'message.sent': ofMessage,
  'message.failed': z.extend(ofMessage, { error_code: z.nullable(z.int()) }),
  'feedback.given': z.object({ conversation: conversationReference, feedback: feedbackSchema }),
} as const satisfies Partial<Record<ProductEventType, z.ZodMiniType>>;
export type ConversationEventType = keyof typeof eventData;
