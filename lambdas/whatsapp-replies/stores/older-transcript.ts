import type { DeliveryStatus, Message } from '../../conversations/conversation.ts';
import type { NewMessage } from '../../conversations/ports.ts';
import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { MessageStatus } from '../messages.ts';
import { deliveryOf } from '../work/delivery.ts';
import type { PastMessage } from '../work/ports.ts';
import type { TurnKey } from '../work/turn.ts';
import { type ConversationsTable, conversationPartition, messagePrefix } from './keys.ts';

type Key = Pick<TurnKey, 'company_id' | 'conversation_id'>;

/**
 * What a message's item has: the version before kept its words in it, this one what became of a part. A status callback
 * may have made it.
 */
interface StoredMessage extends Partial<PastMessage> {
  sk: string;
  turn_id?: string;
  message_sid?: string;
  status?: MessageStatus | 'received';
  status_updated_at?: string;
  error_code?: number;
  timestamp?: string;
}

type TextMessage = StoredMessage & PastMessage;

/** People quote what they still see; one query reads as many messages. */
const searchedMessages = 500;

/** The transcripts that the version before has kept in the conversations table. */
export function olderTranscript(table: ConversationsTable) {
  const items = new ItemStore<StoredMessage>(table, 'a message');
  const range = (key: Key) => ({ pk: conversationPartition(key), prefix: messagePrefix });

  /** The newest that have words, oldest first. */
  const newest = async (key: Key, limit: number): Promise<TextMessage[]> => {
    const page = await items.page(range(key), { newestFirst: true, limit, consistent: true });
    return page.items
      .filter((item): item is TextMessage => Boolean(item.role && item.content))
      .reverse();
  };

  return {
    /** The newest of them as messages of the log. */
    async messages(
      key: Key,
      authors: Record<'customer' | 'agent', Message['author']>,
    ): Promise<NewMessage[]> {
      const found = await newest(key, searchedMessages);
      return found.map((item) => messageOf(item, authors, isoTime(table.clock.now())));
    },

    async history(key: TurnKey, limit: number): Promise<PastMessage[]> {
      const found = await newest(key, limit + searchedAround);
      return found
        .filter(({ turn_id }) => turn_id !== key.turn_id)
        .slice(-limit)
        .map(({ role, content }) => ({ role, content }));
    },

    /** The words of the message with this SID, or the key of the part that was sent with it. */
    async messageBySid(
      key: Key,
      messageSid: string,
    ): Promise<PastMessage | { messageKey: string } | undefined> {
      const page = await items.page(range(key), {
        filter: expr`message_sid = ${messageSid}`,
        consistent: true,
        newestFirst: true,
        limit: searchedMessages,
      });
      const { sk, role, content } = page.items[0] ?? {};
      if (sk === undefined) return undefined;
      return role && content !== undefined
        ? { role, content }
        : { messageKey: sk.slice(messagePrefix.length) };
    },
  };
}

export type OlderTranscript = ReturnType<typeof olderTranscript>;

/** How many messages of its own a turn has at most. */
const searchedAround = 30;

const messageOf = (
  { sk, role, content, message_sid, turn_id, status, timestamp, ...item }: TextMessage,
  authors: Record<'customer' | 'agent', Message['author']>,
  now: string,
): NewMessage => {
  const key = sk.slice(messagePrefix.length);
  const created_at = timestamp ?? key.split('#')[0] ?? now;
  if (role === 'user') {
    const message_id = message_sid ?? key;
    return { message_id, role, text: content, author: authors.customer, created_at };
  }
  const { error_code, status_updated_at: updated_at = created_at } = item;
  return {
    message_id: key,
    role,
    text: content,
    author: authors.agent,
    created_at,
    ...(turn_id !== undefined && { turn_id }),
    delivery: {
      status: statusOf(status),
      updated_at,
      ...(error_code !== undefined && { error_code }),
    },
  };
};

const statusOf = (status: StoredMessage['status']): DeliveryStatus =>
  (status !== undefined && status !== 'received' && deliveryOf(status)) || 'queued';
