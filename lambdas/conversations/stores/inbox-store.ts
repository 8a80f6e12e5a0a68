import { expr } from '../../shared/store/expression.ts';
import { ItemStore, type Page } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { type Conversation, conversationPartition } from '../conversation.ts';
import { inboxIndex } from '../limits.ts';
import { conversationOf, type Item, inboxOf } from './conversation-items.ts';
import { allOf, filteredPage } from './filtered-page.ts';
import { keys } from './keys.ts';

export type InboxFilter = {
  [Name in 'status' | 'channel' | 'handling' | 'assignee']?: Conversation[Name] | undefined;
};

/** The place of a conversation in the inbox. */
export interface InboxPlace {
  last_activity_at: string;
  conversation_id: string;
}

/** The conversations of a company, those with the latest activity first; what has just changed may take a second. */
export function inboxStore(table: Table) {
  const items = new ItemStore<Item>(table, 'the inbox');

  return {
    async list(
      tenantId: string,
      { limit, after, ...filter }: InboxFilter & { limit: number; after?: InboxPlace | undefined },
    ): Promise<Page<Conversation> & { end: InboxPlace | undefined }> {
      const key = { tenant_id: tenantId, conversation_id: '' };
      const { pk } = { pk: conversationPartition(key) };
      const index = { ...inboxIndex, value: inboxOf({ ...key, last_activity_at: '' }).inbox };
      const { status, channel, handling, assignee } = filter;
      const page = await filteredPage(
        items,
        { pk, index },
        {
          limit,
          consistent: false,
          after: after && placeText(tenantId, after),
          filter: allOf([
            status !== undefined && expr`status = ${status}`,
            channel !== undefined && expr`channel = ${channel}`,
            handling !== undefined && expr`handling = ${handling}`,
            assignee !== undefined && expr`assignee = ${assignee}`,
          ]),
        },
      );
      return { ...page, items: page.items.map(conversationOf), end: placeOf(page.next) };
    },
  };
}
export type InboxStore = ReturnType<typeof inboxStore>;

const placeText = (tenant_id: string, place: InboxPlace): string => {
  const key = { tenant_id, ...place };
  return JSON.stringify({ ...keys.conversation(key), ...inboxOf(key) });
};

function placeOf(next: string | undefined): InboxPlace | undefined {
  if (next === undefined) return undefined;
  const { inbox_at: at } = JSON.parse(next) as { inbox_at: string };
  const [last_activity_at = ''] = at.split('#', 1);
  return { last_activity_at, conversation_id: at.slice(last_activity_at.length + 1) };
}
