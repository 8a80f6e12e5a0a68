import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chats, dataOf, headingOf, logOf, type Taken, write } from './chat-world.ts';

const aWorld = chats();
const path = '/visitor/v1/webchat/message';

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
    const first = await dataOf<Taken>(await write(world, chat, {}, { headers }));
    await write(world, chat, { message: 'And?' });

    const again = await dataOf<Taken>(await write(world, chat, {}, { headers }));

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

  it('is known to the queue of turns once, and before it is written', async () => {
    const world = aWorld();
    const chat = await world.begin();

    const { message } = await dataOf<Taken>(await write(world, chat, { client_id: 'c-1' }));
    await write(world, chat, { client_id: 'c-1' });
    const asking = await write(world, chat, { client_id: 'c-2', message: 'A human, please' });
    await write(world, chat, { client_id: 'c-3' });

    const second = (await dataOf<Taken>(asking)).message;
    expect(world.turns.expected).toEqual([message.message_id, second.message_id]);
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
