import * as z from 'zod/mini';
import { tenantId } from '../tenancy/tenant.ts';

/** Where customers write. */
export const channels = ['whatsapp', 'webchat'] as const;
export type Channel = (typeof channels)[number];

/** `closed` becomes `active` again with the customer's next message. */
export const conversationStatuses = ['active', 'closed'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

/**
 * Who answers: an agent; nobody, since the customer waits for a person; or the person who has taken the conversation
 * over. Only in `automatic` is an automatic answer sent.
 */
export const handlings = ['automatic', 'waiting', 'person'] as const;
export type Handling = (typeof handlings)[number];

/** Who has written a message: the customer, an agent, a person of the company, or the product itself. */
const messageRoles = ['user', 'assistant', 'person', 'system'] as const;
export type MessageRole = (typeof messageRoles)[number];

/** What a message of the role `system` records. */
const conversationEvents = ['person_requested', 'taken_over', 'handed_back', 'closed'] as const;
export type ConversationEvent = (typeof conversationEvents)[number];

/** What became of a message on its way to the customer; later ones replace earlier ones only. */
const deliveryStatuses = ['queued', 'sent', 'delivered', 'read', 'failed'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A conversation's id, which is part of stored keys. */
export const conversationId = z.string().check(z.minLength(1), z.maxLength(256));

/** A file of a message; its content is read by its id. */
export const fileReference = z.object({
  file_id: z.guid(),
  filename: z.string(),
  mime_type: z.string(),
  size: z.int(),
});
export type FileReference = z.output<typeof fileReference>;

const delivery = z.object({
  status: z.enum(deliveryStatuses),
  /** The vendor's code of why it failed. */
  error_code: z.optional(z.int()),
  updated_at: z.iso.datetime(),
});
export type MessageDelivery = z.output<typeof delivery>;

/**
 * A message of a conversation. Sequences are 1, 2, 3 … without a gap, and a reader that has seen one has seen all
 * before it.
 */
export const messageSchema = z.object({
  conversation_id: conversationId,
  sequence: z.int(),
  message_id: z.string(),
  role: z.enum(messageRoles),
  text: z.string(),
  files: z._default(z.array(fileReference), []),
  /** Set where the role is `system`. */
  event: z.optional(z.enum(conversationEvents)),
  /** Who has written it, such as `visitor:…`, `key:…`, `agent:…`, and the name that is shown. */
  author: z.object({ id: z.string(), name: z.optional(z.string()) }),
  created_at: z.iso.datetime(),
  /** Missing where nothing is on its way: on a web page a message is delivered as it is read. */
  delivery: z.optional(delivery),
  /** The turn of which it is an answer. */
  turn_id: z.optional(z.string()),
  /** The sender's own id of it. */
  client_id: z.optional(z.string()),
});
export type Message = z.output<typeof messageSchema>;

/** A conversation with one customer on one channel. */
export const conversationSchema = z.object({
  tenant_id: tenantId,
  conversation_id: conversationId,
  channel: z.enum(channels),
  channel_id: z.string(),
  status: z.enum(conversationStatuses),
  handling: z.enum(handlings),
  /** The principal of the person who has it; null where nobody has. */
  assignee: z.nullable(z.string()),
  participant_id: z.string(),
  participant_name: z.nullable(z.string()),
  /** The customer's id outside: the address on WhatsApp, the subject of a named visitor. */
  external_id: z.nullable(z.string()),
  /** The agent that answers; null is the company's default. */
  conversation_spec_id: z.nullable(z.string()),
  flow_instance_id: z.nullable(z.string()),
  /** What the channel needs to know, such as both numbers on WhatsApp, or the page on which the chat began. */
  metadata: z.record(z.string(), z.unknown()),
  last_sequence: z.int(),
  last_activity_at: z.iso.datetime(),
  /** The beginning of what the customer, an agent or a person has said last. */
  last_message: z.nullable(
    z.object({ role: z.enum(messageRoles), text: z.string(), created_at: z.iso.datetime() }),
  ),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type Conversation = z.output<typeof conversationSchema>;

export type ConversationKey = Pick<Conversation, 'tenant_id' | 'conversation_id'>;

/** Where all of a conversation is kept, in the table of conversations; layers above it keep items of their own beside. */
export const conversationPartition = ({ tenant_id, conversation_id }: ConversationKey): string =>
  `TENANT#${tenant_id}#CONVERSATION#${conversation_id}`;
