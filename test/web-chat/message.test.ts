import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../lambdas/conversations/conversation.ts';
import { faultsOf } from '../conversations/conversations-app.ts';
import { aChat, type ChatWorld, chats, dataOf, headingOf } from './chat-world.ts';

const aWorld = chats();
const path = '/visitor/v1/webchat/message';

interface Taken {
  message: Message;
  turn_id?: string;
}

const write = (
  world: ChatWorld,
  { participant_id, conversation_id }: { participant_id: string; conversation_id: string },
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
) =>
  world.askAs(participant_id, 'POST', path, {
    body: { conversation_id, message: 'Hello', ...body },
    headers,
  });

const logOf = (world: ChatWorld, { conversation_id }: { conversation_id: string }) =>
  world.conversations.messages(
    { tenant_id: world.tenant, conversation_id },
    { after: 0, limit: 100 },
  );

describe('a message of a visitor', () => {
  it('is written as his, and begins a turn', async () => {
    const world = aWorld();
    const chat = await world.begin();

    const response = await write(world, chat, { message: 'Where is my order?', client_id: 'c-1' });
    const { message, turn_id } = await dataOf<Taken>(response);

    expect(response.status).toBe(202);
    expect(message).toMatchObject({
      sequence: 1,
      role: 'user',
      text: 'Where is my order?',
      client_id: 'c-1',
      author: { id: `visitor:${chat.participant_id}` },
    });
    expect(await logOf(world, chat)).toEqual([message]);
    expect(world.turns.begun).toMatchObject([{ turn_id, through_sequence: 1 }]);
  });

  it('is one message and one turn for its client_id, however often and at once it is sent', async () => {
    const world = aWorld();
    const chat = await world.begin();

    const answers = await Promise.all(
      Array.from({ length: 6 }, () => write(world, chat, { client_id: 'c-1' })),
    );
    const taken = await Promise.all(answers.map((one) => dataOf<Taken>(one)));

    expect(await logOf(world, chat)).toHaveLength(1);
    expect(new Set(taken.map(({ message }) => message.message_id)).size).toBe(1);
    expect(world.turns.begun).toHaveLength(1);
  });

  it('is known again by the header Idempotency-Key too, and after others were written', async () => {
    const world = aWorld();
    const chat = await world.begin();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await dataOf<Taken>(await write(world, chat, {}, headers));
    await write(world, chat, { message: 'And?' });

    const again = await dataOf<Taken>(await write(world, chat, {}, headers));

    expect(again.message).toEqual(first.message);
    expect(await logOf(world, chat)).toHaveLength(2);
  });

  it('is refused where another message had its key', async () => {
    const world = aWorld();
    const chat = await world.begin();
    await write(world, chat, { client_id: 'c-1' });

    const other = await write(world, chat, { client_id: 'c-1', message: 'Something else' });

    expect(await headingOf(other)).toBe('409 idempotency-key-reused');
  });

  it('may have a key that another visitor has used', async () => {
    const world = aWorld();
    const [one, other] = [await world.begin(), await world.begin()];
    await write(world, one, { client_id: 'c-1', message: 'Mine' });

    const { message } = await dataOf<Taken>(
      await write(world, other, { client_id: 'c-1', message: 'Theirs' }),
    );

    expect(message.text).toBe('Theirs');
  });

  it('waits for the turn that runs', async () => {
    const world = aWorld();
    const chat = await world.begin();
    world.turns.isBusy = true;

    const taken = await dataOf<Taken>(await write(world, chat, {}));

    expect(taken.turn_id).toBeUndefined();
  });

  it('opens a closed conversation again', async () => {
    const world = aWorld();
    const chat = await world.begin();
    const key = { tenant_id: world.tenant, conversation_id: chat.conversation_id };
    await world.conversations.close(key, 'key:1');

    await write(world, chat, {});

    expect(await world.conversations.find(key)).toMatchObject({ status: 'active' });
  });

  it('goes to nobody automatically while a person has the conversation', async () => {
    const world = aWorld();
    const chat = await world.begin();
    const key = { tenant_id: world.tenant, conversation_id: chat.conversation_id };
    await world.conversations.setHandling(key, { handling: 'person', by: 'user:ann' });

    const taken = await dataOf<Taken>(await write(world, chat, {}));

    expect(taken.message.text).toBe('Hello');
    expect(world.turns.begun).toEqual([]);
  });
});

describe('a message that asks for a person', () => {
  it('has the conversation wait for one, and begins no answer', async () => {
    const world = aWorld();
    const chat = await world.begin();

    await write(world, chat, { message: 'A human, please', client_id: 'c-1' });
    await write(world, chat, { message: 'A human, please', client_id: 'c-1' });

    const log = await logOf(world, chat);
    expect(log.map(({ role, event }) => event ?? role)).toEqual([
      'user',
      'person_requested',
      'assistant',
    ]);
    expect(world.turns.begun).toEqual([]);
  });

  it('asks once: repeated after the handback, it asks no more', async () => {
    const world = aWorld();
    const chat = await world.begin();
    const key = { tenant_id: world.tenant, conversation_id: chat.conversation_id };
    await write(world, chat, { message: 'A human, please', client_id: 'c-1' });
    await world.conversations.setHandling(key, { handling: 'automatic', by: 'user:ann' });

    await write(world, chat, { message: 'A human, please', client_id: 'c-1' });

    expect(await world.conversations.find(key)).toMatchObject({ handling: 'automatic' });
  });
});

describe('a conversation that a person has', () => {
  it('is the agent’s again with the next message, where nobody has written for long', async () => {
    const world = aWorld();
    world.handover = { ...world.handover, return_after_minutes: 60 };
    const chat = await world.begin();
    const key = { tenant_id: world.tenant, conversation_id: chat.conversation_id };
    await world.conversations.setHandling(key, { handling: 'person', by: 'user:ann' });
    world.clock.pass(59 * 60_000);
    await write(world, chat, {});
    const kept = world.turns.begun.length;
    world.clock.pass(60 * 60_000);

    await write(world, chat, {});

    expect(kept).toBe(0);
    expect(world.turns.begun).toHaveLength(1);
    expect(await world.conversations.find(key)).toMatchObject({ handling: 'automatic' });
  });
});

describe('files of a message', () => {
  const file = {
    file_id: '0190d9b4-7e2a-7c3d-9b1e-0242ac120002',
    filename: 'shoe.png',
    mime_type: 'image/png',
    size: 10,
  };

  it('are shown with it, and a text is not needed then', async () => {
    const world = aWorld();
    world.files.set(file.file_id, file);
    const chat = await world.begin();

    const { message } = await dataOf<Taken>(
      await write(world, chat, { message: '', file_ids: [file.file_id.toUpperCase()] }),
    );

    expect(message.files).toEqual([file]);
  });

  it('that are not there make it no message', async () => {
    const world = aWorld();
    const chat = await world.begin();

    const response = await write(world, chat, { file_ids: [randomUUID()] });

    expect(await headingOf(response)).toBe('422 file-not-usable');
    expect(await logOf(world, chat)).toEqual([]);
  });
});

describe('nobody writes', () => {
  it('in another visitor’s conversation, whose id tells him no more than one that is not there', async () => {
    const world = aWorld();
    const [mine, theirs] = [await world.begin(), await world.begin()];
    const { participant_id } = mine;

    const foreign = await write(world, { ...theirs, participant_id }, {});
    const missing = await write(world, { participant_id, conversation_id: 'conv_1' }, {});

    expect(foreign.status).toBe(404);
    expect(await foreign.json()).toEqual(await missing.json());
    expect(await logOf(world, theirs)).toEqual([]);
  });

  it('in a conversation of another company, even as a participant of the same id', async () => {
    const [world, foreign] = [aWorld(), aWorld()];
    const theirs = await foreign.begin();

    expect((await write(world, theirs, {})).status).toBe(404);
    const byStaff = await world.askAsStaff('POST', path, {
      body: { conversation_id: theirs.conversation_id, message: 'Hi' },
    });
    expect(byStaff.status).toBe(404);
  });

  it('on another channel by this way', async () => {
    const world = aWorld();
    const { participant_id } = await world.begin();
    const key = { tenant_id: world.tenant, conversation_id: 'whatsapp-1' };
    await world.conversations.open({ ...key, participant_id, channel: 'whatsapp' });

    expect((await write(world, { participant_id, ...key }, {})).status).toBe(404);
  });

  it('more than the company allows, though what is repeated costs nothing', async () => {
    const world = aWorld(aChat({ limits: { messages_per_minute: 2 } }));
    const [chat, other] = [await world.begin(), await world.begin()];
    for (const client_id of ['a', 'b', 'a', 'b', 'a']) await write(world, chat, { client_id });

    const third = await write(world, chat, { client_id: 'c' });
    const elsewhere = await write(world, other, {});
    world.clock.pass(31_000);
    const later = await write(world, chat, { client_id: 'c' });

    expect(third.status).toBe(429);
    expect(third.headers.get('retry-after')).toBe('30');
    expect([elsewhere.status, later.status]).toEqual([202, 202]);
  });

  it('where the company has switched its chat off', async () => {
    const world = aWorld();
    const chat = await world.begin();
    world.chat = aChat({ enabled: false });

    expect(await headingOf(await write(world, chat, {}))).toBe('409 webchat-disabled');
  });

  it.each([
    [{ message: '' }, '#/message'],
    [{ message: ' \n' }, '#/message'],
    [{ message: 'x'.repeat(4_001) }, '#/message'],
    [{ message: 7 }, '#/message'],
    [{ conversation_id: '' }, '#/conversation_id'],
    [{ conversation_id: 'x'.repeat(257) }, '#/conversation_id'],
    [{ client_id: '' }, '#/client_id'],
    [{ client_id: 'x'.repeat(256) }, '#/client_id'],
    [{ file_ids: ['x'] }, '#/file_ids/0'],
    [{ file_ids: Array.from({ length: 11 }, () => randomUUID()) }, '#/file_ids'],
    [{ context: { page_url: 'x' } }, '#/context/page_url'],
    [{ role: 'assistant' }, '#/role'],
  ])('what is no message: %j', async (body, pointer) => {
    const world = aWorld();
    const chat = await world.begin();

    const response = await write(world, chat, body);

    expect(response.status).toBe(422);
    expect(Object.keys(await faultsOf(response))).toEqual([pointer]);
  });
});

describe('a program of the company', () => {
  it('hands over what its visitor writes elsewhere', async () => {
    const world = aWorld();
    const chat = await world.begin();
    const body = { conversation_id: chat.conversation_id, message: 'By app' };

    const { message } = await dataOf<Taken>(await world.askAsStaff('POST', path, { body }));

    expect(message).toMatchObject({
      role: 'user',
      author: { id: `visitor:${chat.participant_id}` },
    });
  });
});
