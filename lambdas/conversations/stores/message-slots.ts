import { isoTime } from '../../shared/clock.ts';
import { type Expression, exists, expr } from '../../shared/store/expression.ts';
import { ItemStore, type Page } from '../../shared/store/item-store.ts';
import {
  type ConversationKey,
  conversationPartition,
  type DeliveryStatus,
  type Message,
  messageSchema,
} from '../conversation.ts';
import type { ConversationLog, NewMessage } from '../ports.ts';
import { type ConversationsTable, keys, messagePrefix, messagesBehind } from './keys.ts';

/**
 * How many messages are looked through for one by its id: first a few, since what is asked for is nearly always among
 * the newest and each that is read costs, then more at once, and in all.
 */
const [searchedFirst, searchedAtOnce, searchedInAll] = [8, 100, 1_000];

/** Only a higher rank replaces a lower one. Delivered and read outrank the failure: they prove that the message arrived. */
export const deliveryRanks: Record<DeliveryStatus, number> = {
  queued: 1,
  sent: 2,
  failed: 3,
  delivered: 4,
  read: 5,
};

/** The places of a conversation's messages, by their sequences: each is filled once, and the one after it later. */
export function messageSlots(table: ConversationsTable) {
  const items = new ItemStore(table, 'a message');

  const read = async (key: ConversationKey, after: number, limit: number): Promise<Message[]> => {
    const found: Message[] = [];
    const reading = { consistent: true, ...(limit < Infinity && { limit }) };
    for await (const item of items.each(messagesBehind(key, after), reading)) {
      found.push(messageSchema.parse(item));
      if (found.length === limit) break;
    }
    return found;
  };

  const slots = {
    /**
     * The messages behind a sequence, in their order. A query is no snapshot: where one seems to be missing before
     * another it is read again, since only those that have expired are missing then.
     */
    async behind(key: ConversationKey, after: number, limit = Infinity): Promise<Message[]> {
      const found = await read(key, after, limit);
      const isWhole = found.every(({ sequence }, index) => sequence === after + 1 + index);
      return isWhole ? found : read(key, after, limit);
    },

    /** The newest messages, the newest first. */
    async newest(key: ConversationKey, limit: number): Promise<Message[]> {
      const { items: found } = await newestPage(key, { limit });
      return found;
    },

    async byId(key: ConversationKey, messageId: string): Promise<Message | undefined> {
      const filter = expr`message_id = ${messageId}`;
      let after: string | undefined;
      let limit = searchedFirst;
      for (let looked = 0; looked < searchedInAll; looked += limit, limit = searchedAtOnce) {
        const page = await newestPage(key, { limit, after, filter });
        if (page.items[0]) return page.items[0];
        after = page.next;
        if (after === undefined) return undefined;
      }
      return undefined;
    },

    async at(key: ConversationKey, sequence: number): Promise<Message | undefined> {
      const item = await items.get(keys.message(key, sequence));
      return item && messageSchema.parse(item);
    },

    /** Puts the message there, where nothing is; what is there then, which is undefined where it has just expired. */
    async fill(
      key: ConversationKey,
      sequence: number,
      message: NewMessage,
    ): Promise<Message | undefined> {
      const { conversation_id } = key;
      const created_at = isoTime(table.clock.now());
      const { delivery } = message;
      const { item } = await items.create(
        keys.message(key, sequence),
        {
          created_at,
          ...message,
          conversation_id,
          sequence,
          ...(delivery && { delivery_rank: deliveryRanks[delivery.status] }),
        },
        { mine: ['message_id'], retentionDays: await table.retentionDays(key.tenant_id) },
      );
      return item && messageSchema.parse(item);
    },

    /** A status goes forward only. */
    async deliver(
      key: ConversationKey,
      sequence: number,
      delivery: Parameters<ConversationLog['recordDelivery']>[2],
    ): Promise<boolean> {
      const rank = deliveryRanks[delivery.status];
      const isBehind = expr`attribute_not_exists(delivery_rank) OR delivery_rank < ${rank}`;
      const updated_at = isoTime(table.clock.now());
      const { written } = await items.updateIf(keys.message(key, sequence), {
        set: { delivery: { ...delivery, updated_at }, delivery_rank: rank },
        if: expr`${exists} AND ${isBehind}`,
      });
      return written;
    },
  };

  const newestPage = async (
    key: ConversationKey,
    reading: { limit: number; after?: string | undefined; filter?: Expression },
  ): Promise<Page<Message>> => {
    const page = await items.page(
      { pk: conversationPartition(key), prefix: messagePrefix },
      { ...reading, newestFirst: true, consistent: true },
    );
    return { ...page, items: page.items.map((item) => messageSchema.parse(item)) };
  };

  return slots;
}
