import {
  type Conversation,
  conversationPartition,
} from '../../lambdas/conversations/conversation.ts';
import { inboxStore } from '../../lambdas/conversations/stores/inbox-store.ts';
import type { Table } from '../../lambdas/shared/store/table.ts';
import type { Contents } from './contents.ts';
import { itemsOf } from './items.ts';

/** A conversation on a web page, by ids and counts. */
export interface Chat {
  conversation_id: string;
  participant_id: string;
  items: number;
  files: number;
}

export interface Visitor {
  company: string;
  /** The id of a chat, of who takes part in it, or the company's own of the visitor. */
  visitor: string | undefined;
  /** That the company's own server has told of a visitor. */
  email: string | undefined;
}

const atOnce = 100;

/** All chats of whoever has had one that fits: a chat tells who the visitor is, and they may have had others. */
export async function chatsOf(
  { company, visitor, email }: Visitor,
  { log, contents }: { log: Table; contents: Contents },
): Promise<Chat[]> {
  if (visitor === undefined && email === undefined) return [];
  const all = await webChatsOf(company, log);
  const isTheirs = ({ conversation_id, participant_id, external_id, metadata }: Conversation) =>
    (visitor !== undefined && [conversation_id, participant_id, external_id].includes(visitor)) ||
    (email !== undefined && plain(metadata['email']) === plain(email));
  const who = new Set(all.filter(isTheirs).map(({ participant_id }) => participant_id));
  const theirs = all.filter(({ participant_id }) => who.has(participant_id));
  return Promise.all(
    theirs.map(async (chat) => ({
      conversation_id: chat.conversation_id,
      participant_id: chat.participant_id,
      items: (await itemsOf(log, conversationPartition(chat), [])).length,
      files: (await contents.of(chat)).length,
    })),
  );
}

async function webChatsOf(company: string, log: Table): Promise<Conversation[]> {
  const inbox = inboxStore(log);
  const found: Conversation[] = [];
  let after: Awaited<ReturnType<typeof inbox.list>>['end'];
  do {
    const page = await inbox.list(company, { channel: 'webchat', limit: atOnce, after });
    found.push(...page.items);
    after = page.end;
  } while (after);
  return found;
}

const plain = (email: unknown): string =>
  String(email ?? '')
    .trim()
    .toLowerCase();
