import { randomUUID } from 'node:crypto';
import { discardWork } from '../../shared/errors.ts';
import {
  type Conversation,
  type ConversationKey,
  conversationSchema,
  type Message,
} from '../conversation.ts';
import type { Appended, ConversationLog } from '../ports.ts';
import { afterMessage, eventFor, type Wish } from '../work/after-message.ts';
import { conversationItems, type Kept } from './conversation-items.ts';
import type { ConversationsTable } from './keys.ts';
import { messageSlots } from './message-slots.ts';

/**
 * Told of what is written once it is, and again by whoever tries again to write it: so that nothing is written that it
 * is not told of, whatever dies in between.
 */
export interface LogListener {
  opened(conversation: Conversation): Promise<void>;
  written(conversation: Conversation, messages: readonly Message[]): Promise<void>;
  undelivered(conversation: Conversation, message: Message): Promise<void>;
}

/**
 * The conversations table. The messages are the truth, each written at the first free place by create-if-absent, after
 * all messages before it have been read: so each is there once, without a lock, and whoever appends has seen each
 * takeover before. A conversation's item follows them.
 */
export function conversationLog(
  table: ConversationsTable,
  listener?: LogListener,
): ConversationLog {
  const items = conversationItems(table);
  const slots = messageSlots(table);

  /** What there is, with all messages behind a sequence; the item may be behind them. */
  const read = async (key: ConversationKey, after = Infinity): Promise<Read | undefined> => {
    const kept = await items.find(key);
    if (!kept) return undefined;
    const messages = await slots.behind(key, Math.min(after, kept.last_sequence));
    return { kept, messages, conversation: messages.reduce(afterMessage, kept) };
  };

  const settle = async ({ kept }: Read, conversation: Kept): Promise<Conversation> => {
    if (conversation.last_sequence > kept.last_sequence) await items.moveUp(conversation);
    return conversationSchema.parse(conversation);
  };

  /** Writes the message of an event until the wish has come true. */
  const fulfil = async (key: ConversationKey, wish: Wish): Promise<Conversation | undefined> => {
    const before = await read(key);
    if (!before) return undefined;
    const { by, name } = wish;
    const author = { id: by, ...(name !== undefined && { name }) };
    const message = { message_id: `event:${randomUUID()}`, role: 'system', text: '' } as const;
    let { conversation } = before;
    for (let event = eventFor(conversation, wish); event; event = eventFor(conversation, wish)) {
      const next = { ...message, event, author };
      const there = await slots.fill(key, conversation.last_sequence + 1, next);
      if (there) conversation = afterMessage(conversation, there);
    }
    const after = await settle(before, conversation);
    const decision = listener && (await slots.at(key, conversation.decided_by));
    if (decision) await listener?.written(after, [decision]);
    return after;
  };

  /** Where it has arrived meanwhile, it has not failed. */
  const publishFailure = async (key: ConversationKey, sequence: number, to: LogListener) => {
    const [conversation, message] = [await items.find(key), await slots.at(key, sequence)];
    if (!conversation || message?.delivery?.status !== 'failed') return;
    await to.undelivered(conversationSchema.parse(conversation), message);
  };

  return {
    async find(key) {
      const found = await read(key);
      return found && conversationSchema.parse(found.conversation);
    },

    async open(conversation) {
      const { kept, created } = await items.create(conversation);
      if (kept.last_sequence === 0) await listener?.opened(conversationSchema.parse(kept));
      const messages = await slots.behind(conversation, kept.last_sequence);
      return {
        conversation: conversationSchema.parse(messages.reduce(afterMessage, kept)),
        created,
      };
    },

    async append(key, messages, { after, automatic = false, imported = false }): Promise<Appended> {
      const before = await read(key, after);
      if (!before) throw missing(key);
      const found = new Map(before.messages.map((message) => [message.message_id, message]));
      let { conversation } = before;
      for (const message of messages) {
        while (!found.has(message.message_id)) {
          if (automatic && conversation.handling !== 'automatic') {
            const { handling } = await settle(before, conversation);
            return { kind: 'withheld', handling };
          }
          const there = await slots.fill(key, conversation.last_sequence + 1, message);
          if (!there) continue;
          conversation = afterMessage(conversation, there);
          found.set(there.message_id, there);
        }
      }
      const written = messages.flatMap(({ message_id }) => found.get(message_id) ?? []);
      const settled = await settle(before, conversation);
      if (!imported) await listener?.written(settled, written);
      return { kind: 'appended', messages: written, conversation: settled };
    },

    messages: (key, { after, limit }) => slots.behind(key, after, limit),

    latest: async (key, limit) => (await slots.newest(key, limit)).reverse(),

    messageById: slots.byId,

    async recordDelivery(key, messageId, delivery) {
      const message = await slots.byId(key, messageId);
      if (!message) return false;
      await slots.deliver(key, message.sequence, delivery);
      if (delivery.status === 'failed' && listener)
        await publishFailure(key, message.sequence, listener);
      return true;
    },

    setHandling: (key, change) => fulfil(key, change),

    close: (key, by) => fulfil(key, { status: 'closed', by }),
  };
}

interface Read {
  kept: Kept;
  messages: Message[];
  /** As the messages make it. */
  conversation: Kept;
}

const missing = ({ tenant_id, conversation_id }: ConversationKey) =>
  discardWork(
    'conversation_missing',
    `The conversation ${conversation_id} of ${tenant_id} is not there: it was never opened, or it has expired.`,
  );
