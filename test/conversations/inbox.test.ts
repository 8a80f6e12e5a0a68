import { describe, expect, it } from 'vitest';
import type { Conversation, Message } from '../../lambdas/conversations/conversation.ts';
import { conversations, faultsOf } from './conversations-app.ts';
import { aMessage } from './stores/handling-contract.ts';

const anApp = conversations();

interface Listed {
  data: Conversation[];
  next_cursor: string | null;
}

/** A company with so many conversations, each a second after the one before. */
async function anInbox(count: number, channel: 'webchat' | 'whatsapp' = 'webchat') {
  const ask = anApp();
  const keyOf = (id: string) => ({ tenant_id: ask.tenant, conversation_id: id });
  const open = async (id: string, on = channel) => {
    await ask.log.open({ ...keyOf(id), channel: on, participant_id: `p-${id}` });
    ask.clock.pass(1_000);
  };
  for (let n = 1; n <= count; n++) await open(`c${n}`);
  const list = async (query = '') => {
    const answer = await ask('GET', `/conversations${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Listed;
  };
  const idsIn = async (query = '') =>
    (await list(query)).data.map(({ conversation_id }) => conversation_id);
  return { ask, log: ask.log, keyOf, open, list, idsIn };
}

describe('the inbox', () => {
  it('has the conversation with the latest activity first', async () => {
    const { log, keyOf, idsIn } = await anInbox(3);
    expect(await idsIn()).toEqual(['c3', 'c2', 'c1']);

    await log.append(keyOf('c1'), [aMessage('m1')], { after: 0 });

    expect(await idsIn()).toEqual(['c1', 'c3', 'c2']);
  });

  it.each([['漢'.repeat(256)], ['line\nbreak'], ['a#b/c?d']])(
    'goes on behind a conversation whose id is %j',
    async (id) => {
      const { open, list } = await anInbox(1);
      await open(id);
      const { next_cursor: cursor } = await list('?limit=1');

      const { data } = await list(`?limit=1&cursor=${cursor}`);

      expect(data.map(({ conversation_id }) => conversation_id)).toEqual(['c1']);
    },
  );

  it('has the beginning of what was said last', async () => {
    const { log, keyOf, list } = await anInbox(1);
    const text = `${'🙂'.repeat(300)} and more`;
    await log.append(keyOf('c1'), [aMessage('m1', { text })], { after: 0 });

    const { data } = await list();

    expect(data[0]?.last_message?.text).toBe('🙂'.repeat(200));
  });

  it('is narrowed by channel, status, who answers and who has it', async () => {
    const { log, keyOf, open, idsIn } = await anInbox(4);
    await open('w1', 'whatsapp');
    await log.close(keyOf('c1'), 'key:1');
    await log.setHandling(keyOf('c2'), { handling: 'waiting', by: 'visitor:p-c2' });
    await log.setHandling(keyOf('c3'), { handling: 'person', by: 'key:eva' });

    expect(await idsIn('?channel=whatsapp')).toEqual(['w1']);
    expect(await idsIn('?status=closed')).toEqual(['c1']);
    expect(await idsIn('?handling=waiting')).toEqual(['c2']);
    expect(await idsIn('?assignee=key:eva')).toEqual(['c3']);
    expect(await idsIn('?assignee=me')).toEqual([]);
    expect((await idsIn('?status=active&handling=automatic')).toSorted()).toEqual(['c4', 'w1']);
  });

  it('comes page by page, each conversation once, also where it is narrowed', async () => {
    const { idsIn, list, log, keyOf } = await anInbox(12);
    for (const id of ['c2', 'c5', 'c8', 'c9', 'c11']) await log.close(keyOf(id), 'key:1');

    for (const query of ['?limit=5', '?limit=2&status=closed', '?limit=3&status=active']) {
      const whole = await idsIn(query.replace(/limit=\d+&?/, ''));
      const paged: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Listed = await list(`${query}${cursor && `&cursor=${cursor}`}`);
        paged.push(...page.data.map(({ conversation_id }) => conversation_id));
        cursor = page.next_cursor;
      }
      expect(paged).toEqual(whole);
    }
  });

  it('has nothing of another company, even with its cursor', async () => {
    const { list } = await anInbox(3);
    const other = await anInbox(1);
    const { next_cursor } = await list('?limit=1');

    expect(await other.idsIn()).toEqual(['c1']);
    const { data } = await other.list(`?cursor=${next_cursor}`);
    expect(data.every(({ participant_id }) => participant_id === 'p-c1')).toBe(true);
  });

  it('takes no cursor that it has not given, and no filter that it does not know', async () => {
    const { ask } = await anInbox(0);
    const cursor = Buffer.from('something else, of some length').toString('base64url');

    expect(await faultsOf(await ask('GET', `/conversations?cursor=${cursor}`))).toEqual({
      cursor: 'It is none that was given as next_cursor.',
    });
    expect(await faultsOf(await ask('GET', '/conversations?handling=robot'))).toEqual({
      handling: 'Expected one of automatic, waiting, person.',
    });
  });
});

describe('the messages of a conversation', () => {
  it('are read behind the last one that is known, as far as there are some', async () => {
    const { ask, log, keyOf } = await anInbox(1);
    const ids = Array.from({ length: 7 }, (_, n) => aMessage(`m${n + 1}`));
    await log.append(keyOf('c1'), ids, { after: 0 });
    const read = async (query: string) => {
      const answer = await ask('GET', `/conversations/c1/messages${query}`);
      const { data } = (await answer.json()) as {
        data: { messages: Message[]; last_sequence: number };
      };
      return [data.messages.map(({ sequence }) => sequence), data.last_sequence];
    };

    expect(await read('')).toEqual([[1, 2, 3, 4, 5, 6, 7], 7]);
    expect(await read('?after=2&limit=3')).toEqual([[3, 4, 5], 7]);
    expect(await read('?after=7')).toEqual([[], 7]);
  });

  it('take a sequence and a limit, and say so', async () => {
    const { ask } = await anInbox(1);

    const refused = await ask('GET', '/conversations/c1/messages?after=-1&limit=101');

    expect(await faultsOf(refused)).toEqual({
      after: 'It is no sequence of a message.',
      limit: 'It is a number from 1 to 100.',
    });
  });
});
