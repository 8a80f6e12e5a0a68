import { describe, expect, it } from 'vitest';
import type { Message } from '../../lambdas/conversations/conversation.ts';
import { aChat as chat, dataOf, eva, tom, visitor } from './a-chat.ts';
import { conversations, faultsOf } from './conversations-app.ts';

const anApp = conversations();
const aChat = (channel?: 'webchat' | 'whatsapp') => chat(anApp(), channel);

describe('a person who writes', () => {
  it('has their message in the conversation, and the conversation with it', async () => {
    const { write, ask, base, told: toldIn } = await aChat();

    const answered = await write({ text: 'Hello, Eva here.', name: 'Eva' }, eva);

    expect(answered.status).toBe(201);
    expect(await dataOf(answered)).toMatchObject({
      sequence: 3,
      role: 'person',
      text: 'Hello, Eva here.',
      author: { id: 'key:eva', name: 'Eva' },
    });
    expect(await dataOf(await ask('GET', base))).toMatchObject({
      handling: 'person',
      assignee: 'key:eva',
      last_message: { role: 'person' },
    });
    expect((await toldIn()).slice(0, 2)).toEqual(['m1', 'taken_over']);
  });

  it('goes on under the name by which they have taken it over, and a colleague does not', async () => {
    const { write, post } = await aChat();
    await post('takeover', { ...eva, body: { name: 'Eva' } });

    const own = await dataOf<Message>(await write({ text: 'Hello' }, eva));
    const other = await dataOf<Message>(await write({ text: 'Hello too' }, tom));

    expect(own.author).toEqual({ id: 'key:eva', name: 'Eva' });
    expect(other.author).toEqual({ id: 'key:tom' });
  });

  it('leaves the conversation to the colleague who has it', async () => {
    const { write, post, ask, base } = await aChat();
    await post('takeover', eva);

    await write({ text: 'I know this one.' }, tom);

    expect(await dataOf(await ask('GET', base))).toMatchObject({ assignee: 'key:eva' });
  });

  it.each([
    ['an Idempotency-Key', { headers: { 'Idempotency-Key': 'k1' } }, {}],
    ['a client_id', {}, { client_id: 'c1' }],
  ])(
    'writes once with %s, also when the conversation was handed back meanwhile',
    async (_, more, id) => {
      const { write, post, told: toldIn, ask, base } = await aChat();
      const body = { text: 'Hello', ...id };
      const first = await dataOf<Message>(await write(body, { ...eva, ...more }));
      await post('handback', eva);

      const again = await write(body, { ...eva, ...more });

      expect(again.status).toBe(200);
      expect(await dataOf(again)).toEqual(first);
      expect(await toldIn()).toEqual(['m1', 'taken_over', first.message_id, 'handed_back']);
      expect(await dataOf(await ask('GET', base))).toMatchObject({ handling: 'automatic' });
    },
  );

  it('is refused a key that stands for another text, and may use a colleague’s', async () => {
    const { write } = await aChat();
    const headers = { 'Idempotency-Key': 'k1' };
    await write({ text: 'One' }, { ...eva, headers });

    expect((await write({ text: 'Two' }, { ...eva, headers })).status).toBe(409);
    expect((await write({ text: 'Two' }, { ...tom, headers })).status).toBe(201);
  });

  it('may send a macro, as it is when it is first sent', async () => {
    const { write, ask } = await aChat();
    const macro = { title: 'Hours', text: 'From 9 to 17.' };
    const { id } = await dataOf<{ id: string }>(await ask('POST', '/macros', { body: macro }));
    const headers = { 'Idempotency-Key': 'k1' };
    const first = await write({ macro_id: id }, { headers });
    await ask('PATCH', `/macros/${id}`, { body: { text: 'From 8.' } });

    const again = await write({ macro_id: id }, { headers });

    expect(await dataOf(first)).toMatchObject({ text: 'From 9 to 17.' });
    expect(await dataOf(again)).toMatchObject({ text: 'From 9 to 17.' });
  });

  it('is told what is wrong with a message', async () => {
    const { write } = await aChat();
    const macro_id = crypto.randomUUID();

    expect(await faultsOf(await write({}))).toEqual({
      '#': 'There is nothing in it: send a text, a macro_id or file_ids.',
    });
    expect(await faultsOf(await write({ text: 'a', macro_id }))).toEqual({
      '#': 'Send either a text or a macro_id.',
    });
    expect(await faultsOf(await write({ text: ' ' }))).toEqual({ '#/text': 'It is empty.' });
    expect(await faultsOf(await write({ macro_id }))).toEqual({
      '#/macro_id': 'There is no such macro.',
    });
  });

  it('may send files of the conversation on a web page, with words or without', async () => {
    const { write, file } = await aChat();
    const [whole, begun] = [await file(true), await file(false)];

    const sent = await write({ file_ids: [whole] });
    const refused = await write({ text: 'Here', file_ids: [whole, begun, crypto.randomUUID()] });

    expect(await dataOf(sent)).toMatchObject({
      text: '',
      files: [{ file_id: whole, filename: 'bill.pdf', mime_type: 'application/pdf', size: 3 }],
    });
    const missing = 'There is no such file in the conversation, or its upload is not complete.';
    expect(await faultsOf(refused)).toEqual({ '#/file_ids/1': missing, '#/file_ids/2': missing });
  });

  it('is told that no file can be sent on WhatsApp', async () => {
    const { write, file, sent } = await aChat('whatsapp');

    const refused = await write({ text: 'Here', file_ids: [await file(true)] });

    expect(await faultsOf(refused)).toMatchObject({
      '#/file_ids': 'Files can be sent on a web page only: send their text here.',
    });
    expect(sent).toEqual([]);
  });

  it('reaches a customer on WhatsApp through its queue, whole, and is queued until it is sent', async () => {
    const { write, sent, key } = await aChat('whatsapp');

    const message = await dataOf<Message>(await write({ text: 'Hello' }, eva));

    expect(message.delivery?.status).toBe('queued');
    expect(sent).toEqual([
      {
        kind: 'outbound',
        ...key,
        message_id: message.message_id,
        after: 1,
        text: 'Hello',
        author: { id: 'key:eva' },
        created_at: message.created_at,
        metadata: { to: 'whatsapp:+49', ours: 'whatsapp:+1' },
      },
    ]);
  });

  it('sends nothing to a queue for a web page, where a message is delivered as it is read', async () => {
    const { write, sent } = await aChat('webchat');

    const message = await dataOf<Message>(await write({ text: 'Hello' }));

    expect([message.delivery, sent]).toEqual([undefined, []]);
  });
});

describe('who answers', () => {
  it('is the person who takes over, and the agent again when they hand back', async () => {
    const { post } = await aChat();

    const taken = await dataOf(await post('takeover', { ...eva, body: { name: 'Eva' } }));
    const back = await dataOf(await post('handback', eva));

    expect(taken).toMatchObject({ handling: 'person', assignee: 'key:eva', last_sequence: 2 });
    expect(back).toMatchObject({ handling: 'automatic', assignee: null, last_sequence: 3 });
  });

  it('stays the colleague who has it, unless it is taken from them by force', async () => {
    const { post, told: toldIn } = await aChat();
    await post('takeover', eva);

    const refused = await post('takeover', tom);
    const forced = await post('takeover', { ...tom, body: { force: true } });

    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      success: false,
      type: 'urn:replies-engine:error:conversation-assigned',
      detail: expect.stringContaining('key:eva'),
    });
    expect(await dataOf(forced)).toMatchObject({ assignee: 'key:tom' });
    expect(await toldIn()).toEqual(['m1', 'taken_over', 'taken_over']);
  });

  it('is one of two who take over at the same time', async () => {
    const { post } = await aChat();

    const both = await Promise.all([post('takeover', eva), post('takeover', tom)]);

    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it('is nobody yet when the customer asks for a person, and they are told so once', async () => {
    const { post, log, key } = await aChat();

    const asked = await dataOf(await post('handover', visitor));
    const again = await dataOf(await post('handover', visitor));

    const waiting = { handling: 'waiting', assignee: null, last_sequence: 3 };
    expect([asked, again]).toMatchObject([waiting, waiting]);
    expect(await log.latest(key, 2)).toMatchObject([
      { event: 'person_requested', author: { id: 'visitor:p1' } },
      { role: 'assistant', text: 'Somebody will come.' },
    ]);
  });

  it('is nobody yet when the person who has it gives it away, of which the customer hears nothing', async () => {
    const { post, told: toldIn } = await aChat();
    await post('takeover', eva);

    const given = await dataOf(await post('handover', eva));

    expect(given).toMatchObject({ handling: 'waiting', assignee: null });
    expect(await toldIn()).toEqual(['m1', 'taken_over', 'person_requested']);
  });

  it('does not matter to a conversation that either side closes', async () => {
    for (const who of [visitor, eva]) {
      const { post } = await aChat();
      await post('takeover', eva);

      const closed = await dataOf(await post('close', who));

      expect(closed).toMatchObject({ status: 'closed', handling: 'automatic', assignee: null });
    }
  });
});
