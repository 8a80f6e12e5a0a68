import { beforeEach, describe, expect, it } from 'vitest';
import { contentsIn } from '../../bin/customers/contents.ts';
import { forget } from '../../bin/customers/forget.ts';
import { storedDataOf } from '../../bin/customers/stored-data.ts';
import { participants } from '../../lambdas/web-chat/stores/participants.ts';
import {
  aConversation,
  begin,
  files,
  objects,
  table,
  uploaded,
  type Visit,
} from './files-world.ts';

files();

let tenant = 0;
let company: string;
beforeEach(() => {
  company = `forgetful-${++tenant}`;
});

const tables = () => ({
  conversations: table,
  log: table,
  leads: table,
  contents: contentsIn(objects.client, 'files'),
});

const storedOf = (who: { visitor?: string; email?: string }) =>
  storedDataOf({ company, address: undefined, visitor: who.visitor, email: who.email }, tables());

/** A chat in which a visitor has said something, sent files and said what he thinks. */
async function aChat(participant: string): Promise<Visit> {
  const chat = await aConversation(company, participant);
  const author = { id: `visitor:${participant}` };
  await chat.conversations.append(
    chat,
    [{ message_id: 'm1', role: 'user', text: `A secret of ${participant}`, author }],
    { after: 0 },
  );
  await participants(table).recordConversation(company, participant, chat.conversation_id);
  await uploaded(chat);
  await begin(chat);
  const base = `/conversations/${chat.conversation_id}`;
  await chat.ask('POST', `${base}/feedback`, {
    body: { rating: 'down', comment: `An opinion of ${participant}` },
  });
  return chat;
}

const stored = async () =>
  JSON.stringify((await table.items()).filter(({ pk }) => String(pk).includes(`#${company}`)));
const contentsOf = (chat: Visit) => tables().contents.of(chat);

describe('a visitor of a web page who wants to be forgotten', () => {
  it('is found by any chat of theirs, or by who they are, with all that they have', async () => {
    const [first, second] = [await aChat('anon_jo'), await aChat('anon_jo')];
    await aChat('anon_eva');

    const byChat = await storedOf({ visitor: first.conversation_id });
    const byName = await storedOf({ visitor: 'anon_jo' });

    expect(byChat).toEqual(byName);
    expect(byChat.chats.map(({ conversation_id }) => conversation_id).toSorted()).toEqual(
      [first.conversation_id, second.conversation_id].toSorted(),
    );
    expect(byChat.chats[0]).toMatchObject({ participant_id: 'anon_jo', files: 1 });
  });

  it('is found by the id, and by the email, that the company’s own server has told', async () => {
    const { conversations, tenant_id, conversation_id } = await aConversation(company);
    const named = `${conversation_id}-named`;
    await conversations.open({
      tenant_id,
      conversation_id: named,
      channel: 'webchat',
      participant_id: 'user_1f6b',
      external_id: '4711',
      metadata: { email: 'Jo@Example.com' },
    });

    for (const who of [{ visitor: '4711' }, { email: 'jo@example.com' }]) {
      expect((await storedOf(who)).chats).toMatchObject([{ conversation_id: named }]);
    }
  });

  it('is gone with words, files and opinions, while all others stay', async () => {
    const [theirs, another] = [await aChat('anon_jo'), await aChat('anon_eva')];

    await forget(await storedOf({ visitor: 'anon_jo' }), company, tables());

    expect(await stored()).not.toMatch(/anon_jo/);
    expect(await stored()).not.toContain(theirs.conversation_id);
    expect(await contentsOf(theirs)).toEqual([]);
    expect(await stored()).toContain('A secret of anon_eva');
    expect(await stored()).toContain('An opinion of anon_eva');
    expect(await contentsOf(another)).toHaveLength(1);
    expect((await storedOf({ visitor: 'anon_jo' })).chats).toEqual([]);
  });

  it('is found again where the forgetting was interrupted', async () => {
    await aChat('anon_jo');
    const kept = await storedOf({ visitor: 'anon_jo' });
    const broken = { ...tables().contents, remove: () => Promise.reject(new Error('killed')) };

    await expect(forget(kept, company, { ...tables(), contents: broken })).rejects.toThrow();
    await forget(await storedOf({ visitor: 'anon_jo' }), company, tables());

    expect(await stored()).not.toMatch(/anon_jo/);
  });

  it('is found in their own company alone', async () => {
    await aChat('anon_jo');
    company = 'another';

    expect((await storedOf({ visitor: 'anon_jo' })).chats).toEqual([]);
  });
});
