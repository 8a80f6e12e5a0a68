import { succeeded, succeededPage } from '../shared/http/envelope.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import type { Conversation } from './conversation.ts';
import { conversationRoutes as routes } from './conversation-routes.ts';
import type { ConversationLog } from './ports.ts';
import type { InboxPlace, InboxStore } from './stores/inbox-store.ts';
import { mayVisit, shownTo } from './visits.ts';

export interface InboxPorts {
  conversations: Pick<ConversationLog, 'find' | 'messages'>;
  inbox: InboxStore;
}

/** Serves what there is to read: conversations, and their messages. */
export function serveInbox(serve: Serve, { conversations, inbox }: InboxPorts): void {
  serve(routes.list, async ({ query: { cursor: after, assignee, ...query }, caller }) => {
    const { items, end } = await inbox.list(caller.tenant_id, {
      ...query,
      after,
      assignee: assignee === 'me' ? caller.principal : assignee,
    });
    return { body: succeededPage(items.map(viewOf), end && cursorOf(end)) };
  });

  serve(routes.get, async ({ params, caller: { tenant_id } }) => {
    const conversation = await conversations.find({ tenant_id, ...params });
    return conversation && { body: succeeded(viewOf(conversation)) };
  });

  serve(routes.messages, async ({ params, query, caller }) => {
    const key = { tenant_id: caller.tenant_id, ...params };
    const conversation = await conversations.find(key);
    if (!conversation || !mayVisit(caller, conversation)) return undefined;
    const messages = await conversations.messages(key, query);
    const { status, handling } = conversation;
    // What was written since the conversation was read counts too.
    const last_sequence = Math.max(conversation.last_sequence, messages.at(-1)?.sequence ?? 0);
    const shown = messages.map((message) => shownTo(caller, message));
    return { body: succeeded({ messages: shown, last_sequence, status, handling }) };
  });
}

/** A conversation as its company sees it. */
const viewOf = ({ tenant_id: _own, ...conversation }: Conversation) => conversation;

const cursorOf = ({ last_activity_at, conversation_id }: InboxPlace): string =>
  Buffer.from(`${last_activity_at}#${conversation_id}`).toString('base64url');
