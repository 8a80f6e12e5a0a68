import { invalid, notFound } from './errors.ts';
import type { Item } from './items.ts';
import type { World } from './model.ts';
import { givenBy, isOver, type ResponseRecord, statusOf } from './response-record.ts';

/** A conversation as it is stored; `active` is the response that works on it. */
export interface ConversationRecord {
  id: string;
  created_ms: number;
  metadata: Record<string, string>;
  active: string | null;
}

/** The conversation with all output of its responses so far; 404 without one. */
export function openConversation(world: World, id: string): ConversationRecord {
  const conversation = world.documents.get<ConversationRecord>('conversations', id);
  if (!conversation) throw notFound(`Conversation with id '${id}' not found.`);
  return settle(world, conversation);
}

/** Like `openConversation`, for a change: throws `conversation_locked` while a response works on it. */
export function lockConversation(world: World, id: string): ConversationRecord {
  const conversation = openConversation(world, id);
  if (conversation.active === null) return conversation;
  throw invalid(
    'Another process is currently operating on this conversation. Please retry in a few seconds.',
    { code: 'conversation_locked' },
  );
}

export function keepConversation(world: World, conversation: ConversationRecord): void {
  world.documents.put('conversations', conversation.id, conversation);
}

export const itemsOf = (world: World, conversationId: string): Item[] =>
  world.documents.list<Item>('items', conversationId);

export function addItems(world: World, conversationId: string, items: Item[]): void {
  for (const item of items) world.documents.put('items', item.id, item, conversationId);
}

/** Adds the items of the active response once it is over, not earlier. */
function settle(world: World, conversation: ConversationRecord): ConversationRecord {
  if (conversation.active === null) return conversation;
  const response = world.documents.get<ResponseRecord>('responses', conversation.active);
  const status = response && statusOf(response, world.now());
  if (status && !isOver(status)) return conversation;
  if (response && status) addItems(world, conversation.id, entriesOf(response, status));
  const free = { ...conversation, active: null };
  keepConversation(world, free);
  return free;
}

function entriesOf(response: ResponseRecord, status: ReturnType<typeof statusOf>): Item[] {
  const given = givenBy(response, status);
  return status === 'completed' || given.length > 0 ? [...response.input, ...given] : [];
}
