import { randomUUID } from 'node:crypto';
import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import { expiresAt } from '../../shared/store/table.ts';
import { type Conversation, type ConversationKey, conversationSchema } from '../conversation.ts';
import type { NewConversation } from '../ports.ts';
import type { Folded } from '../work/after-message.ts';
import { type ConversationsTable, keys } from './keys.ts';

/** A conversation as its item has it, which may be behind its messages. */
export interface Kept extends Folded {
  /** Not before that of any of its messages. */
  expires_at: number;
}

/** The item as it is stored: the channel's metadata as JSON, which keeps numbers and depths that DynamoDB does not. */
export type Item = Omit<Kept, 'metadata'> & { metadata: string };

export const conversationOf = ({ metadata, ...rest }: Item): Conversation =>
  conversationSchema.parse({ ...rest, metadata: JSON.parse(metadata) });

/** The items of conversations: each is what its messages have made of it, up to one of them. */
export function conversationItems(table: ConversationsTable) {
  const items = new ItemStore<Item>(table, 'a conversation');

  const keptOf = (item: Item): Kept => {
    const { decided_by, expires_at } = item;
    return { ...conversationOf(item), decided_by, expires_at };
  };

  const expiry = async (key: ConversationKey) =>
    expiresAt(table.clock.now(), await table.retentionDays(key.tenant_id));

  return {
    async find(key: ConversationKey): Promise<Kept | undefined> {
      const item = await items.get(keys.conversation(key));
      return item && keptOf(item);
    },

    async create(conversation: NewConversation): Promise<{ kept: Kept; created: boolean }> {
      const { metadata, ...fields } = newConversation(conversation, isoTime(table.clock.now()));
      const attributes = {
        ...fields,
        metadata: JSON.stringify(metadata),
        ...inboxOf(fields),
        decided_by: 0,
        expires_at: await expiry(conversation),
        created_as: randomUUID(),
      };
      const place = keys.conversation(conversation);
      for (;;) {
        const { written, item } = await items.create(place, attributes, { mine: ['created_as'] });
        // It may have expired between the write and the read.
        if (item) return { kept: keptOf(item), created: written };
      }
    },

    /** Moves the item up to what further messages have made of it; another one may have moved it further. */
    async moveUp(conversation: Kept): Promise<void> {
      const { last_sequence, last_activity_at, last_message, updated_at } = conversation;
      const { status, handling, assignee, decided_by, expires_at } = conversation;
      await items.updateIf(keys.conversation(conversation), {
        set: {
          ...{ last_sequence, last_activity_at, last_message, updated_at },
          ...{ status, handling, assignee, decided_by },
          ...inboxOf(conversation),
          expires_at: Math.max(expires_at, await expiry(conversation)),
        },
        if: expr`last_sequence < ${last_sequence}`,
      });
    },
  };
}

/** Where the inbox has it: among its tenant's conversations, in the order of their last activity. */
export const inboxOf = ({
  tenant_id,
  conversation_id,
  last_activity_at,
}: Pick<Conversation, 'tenant_id' | 'conversation_id' | 'last_activity_at'>) => ({
  inbox: `TENANT#${tenant_id}`,
  inbox_at: `${last_activity_at}#${conversation_id}`,
});

const newConversation = (given: NewConversation, now: string): Conversation => ({
  channel_id: given.conversation_id,
  participant_name: null,
  external_id: null,
  conversation_spec_id: null,
  flow_instance_id: null,
  metadata: {},
  ...given,
  status: 'active',
  handling: 'automatic',
  assignee: null,
  last_sequence: 0,
  last_activity_at: now,
  last_message: null,
  created_at: now,
  updated_at: now,
});
