import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { atEachCrashPoint } from '../support/crash.ts';
import { withLostAnswers } from '../support/lost-answers.ts';
import { chats, dataOf, logOf, type Opened, type Taken, write } from './chat-world.ts';

const aWorld = chats();

describe('a message whose request dies', () => {
  it('is written once, told of and answered by one turn, when it is sent again with its client_id', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      const world = aWorld();
      const chat = await world.begin();
      await write(world, chat, { client_id: 'c-1' }, { process });
      await write(world, chat, { client_id: 'c-2', message: 'Meanwhile' });

      const { message, turn_id } = await dataOf<Taken>(
        await write(world, chat, { client_id: 'c-1' }),
      );

      const log = await logOf(world, chat);
      expect(log.filter(({ text }) => text === 'Hello')).toEqual([message]);
      expect(log).toHaveLength(2);
      expect(world.published).toContain(message.message_id);
      const covering = world.turns.begun.filter(
        ({ through_sequence }) => through_sequence >= message.sequence,
      );
      expect(covering.map((turn) => turn.turn_id)).toContain(turn_id);
    });

    expect(calls).toBeGreaterThan(8);
  });

  it.each(['Hello', 'A human, please'])(
    'is known to the queue of turns if it is written, though nobody sends it again: %s',
    async (message) => {
      const calls = await atEachCrashPoint(async (process) => {
        const world = aWorld();
        const chat = await world.begin();

        await write(world, chat, { client_id: 'c-1', message }, { process });

        const written = (await logOf(world, chat)).filter(({ role }) => role === 'user');
        const ids = written.map(({ message_id }) => message_id);
        expect(world.turns.expected).toEqual(expect.arrayContaining(ids));
      });

      expect(calls).toBeGreaterThan(8);
    },
  );

  it('asks for a person once, when it is sent again', async () => {
    await atEachCrashPoint(async (process) => {
      const world = aWorld();
      const chat = await world.begin();
      const asked = { client_id: 'c-1', message: 'A human, please' };
      await write(world, chat, asked, { process });

      await write(world, chat, asked);

      const log = await logOf(world, chat);
      expect(log.map(({ role, event }) => event ?? role)).toEqual([
        'user',
        'person_requested',
        'assistant',
      ]);
      expect(world.turns.begun).toEqual([]);
    });
  });
});

describe('a conversation whose beginning dies', () => {
  it('is one, told of and found again, when it is begun again with its key', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      const world = aWorld();
      const headers = { 'idempotency-key': randomUUID() };
      await world.ask('POST', '/conversations/initiate', { body: {}, headers, process });

      const chat = await world.begin({}, { headers });
      const again = await dataOf<Opened>(
        await world.ask('POST', '/conversations/resume', { body: { token: chat.token } }),
      );

      expect(again.conversation_id).toBe(chat.conversation_id);
      expect(new Set(world.started)).toEqual(new Set([chat.conversation_id]));
    });

    expect(calls).toBeGreaterThan(5);
  });
});

describe('a store whose answers are lost', () => {
  it('is written to once all the same', async () => {
    const world = aWorld();
    const { client } = world.table;
    world.table.client = withLostAnswers(world.table).client;

    const chat = await world.begin({}, { headers: { 'idempotency-key': randomUUID() } });
    const first = await dataOf<Taken>(await write(world, chat, { client_id: 'c-1' }));
    const again = await dataOf<Taken>(await write(world, chat, { client_id: 'c-1' }));
    world.table.client = client;

    expect(again.message).toEqual(first.message);
    expect(await logOf(world, chat)).toEqual([first.message]);
  });
});
