import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { faultsOf } from '../conversations/conversations-app.ts';
import { aChat, chats, headingOf, logOf, write } from './chat-world.ts';

const aWorld = chats();
const path = '/visitor/v1/webchat/message';

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
