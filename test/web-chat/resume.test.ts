import { describe, expect, it } from 'vitest';
import { signHs256 } from '../../lambdas/tenancy/compact-jws.ts';
import { verifyVisitorToken } from '../../lambdas/tenancy/visitor-token.ts';
import { identitySecret } from '../../lambdas/web-chat/work/identity.ts';
import { days } from '../support/clock.ts';
import {
  aChat,
  type ChatWorld,
  chats,
  dataOf,
  headingOf,
  type Opened,
  visitorKey,
} from './chat-world.ts';

const aWorld = chats();
const path = '/conversations/resume';

const resume = (world: ChatWorld, body: Record<string, unknown>) =>
  world.ask('POST', path, { body });

const namedAs = (world: ChatWorld, sub: string) => ({
  token: signHs256(
    { sub, exp: world.clock.now() / 1000 + 600 },
    identitySecret(visitorKey, world.tenant, 1),
  ),
});

describe('a visitor who comes back', () => {
  it('has his conversation again by an old token, and a new token', async () => {
    const world = aWorld();
    const { token, conversation_id, participant_id } = await world.begin();
    const body = { conversation_id, message: 'Hello' };
    await world.askAs(participant_id, 'POST', '/visitor/v1/webchat/message', { body });
    world.clock.pass(days(29));

    const again = await dataOf<Opened>(await resume(world, { token }));

    expect(again).toMatchObject({
      conversation_id,
      participant_id,
      last_sequence: 1,
      status: 'active',
      handling: 'automatic',
    });
    expect(verifyVisitorToken(again.token, visitorKey, world.clock.now())).toMatchObject({
      participant_id,
    });
  });

  it('begins a new one after a month', async () => {
    const world = aWorld();
    const { token } = await world.begin();
    world.clock.pass(days(31));

    expect(await headingOf(await resume(world, { token }))).toBe('403 identity-refused');
  });

  it('has the conversation that he names, or the one that he began last', async () => {
    const world = aWorld();
    const first = await world.begin();
    const last = await dataOf<Opened>(
      await world.askAs(first.participant_id, 'POST', '/conversations/initiate', { body: {} }),
    );

    const { token, conversation_id } = first;
    const named = await dataOf<Opened>(await resume(world, { token, conversation_id }));
    const latest = await dataOf<Opened>(await resume(world, { token }));

    expect(named.conversation_id).toBe(first.conversation_id);
    expect(latest.conversation_id).toBe(last.conversation_id);
  });

  it('has it on another device, where the company names him', async () => {
    const world = aWorld();
    const { conversation_id } = await world.begin({ visitor: namedAs(world, 'u-1') });

    const there = await dataOf<Opened>(await resume(world, { visitor: namedAs(world, 'u-1') }));
    const other = await resume(world, { visitor: namedAs(world, 'u-2') });
    const stolen = await resume(world, { conversation_id, visitor: namedAs(world, 'u-2') });

    expect(there.conversation_id).toBe(conversation_id);
    expect([other.status, stolen.status]).toEqual([404, 404]);
  });

  it('may do so by the token that still opens the routes', async () => {
    const world = aWorld();
    const { conversation_id, participant_id } = await world.begin();

    const again = await dataOf<Opened>(
      await world.askAs(participant_id, 'POST', path, { body: {} }),
    );

    expect(again.conversation_id).toBe(conversation_id);
  });

  it('is refused without a name where the company has come to want one', async () => {
    const world = aWorld();
    const { token, participant_id } = await world.begin();
    world.chat = aChat({ identity: { required: true } });

    expect(await headingOf(await resume(world, { token }))).toBe('403 identity-refused');
    const asHimself = await world.askAs(participant_id, 'POST', path, { body: {} });
    expect(await headingOf(asHimself)).toBe('403 identity-refused');
  });
});

describe('nobody comes back', () => {
  it('to another visitor’s conversation, whatever id he guesses', async () => {
    const world = aWorld();
    const [mine, theirs] = [await world.begin(), await world.begin()];
    const { conversation_id } = theirs;

    const guessed = await resume(world, { token: mine.token, conversation_id });
    const missing = await resume(world, { token: mine.token, conversation_id: 'conv_1' });

    expect(guessed.status).toBe(404);
    expect(await guessed.json()).toEqual(await missing.json());
  });

  it('to a conversation on another channel', async () => {
    const world = aWorld();
    const { token, participant_id } = await world.begin();
    const conversation_id = 'whatsapp-1';
    const { tenant: tenant_id } = world;
    await world.conversations.open({
      tenant_id,
      conversation_id,
      participant_id,
      channel: 'whatsapp',
    });

    expect((await resume(world, { token, conversation_id })).status).toBe(404);
  });

  it('to another company’s conversation, even with its own token there', async () => {
    const [world, foreign] = [aWorld(), aWorld()];
    const theirs = await foreign.begin();

    const { token, conversation_id } = theirs;
    expect(await headingOf(await resume(world, { token, conversation_id }))).toBe(
      '403 identity-refused',
    );
  });

  it.each([
    ['no proof', {}],
    ['a forged token', { token: 're_vis_eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.AAAA' }],
    ['no token', { token: 'x' }],
  ])('with %s', async (_, body) => {
    expect(await headingOf(await resume(aWorld(), body))).toBe('403 identity-refused');
  });

  it('with two proofs', async () => {
    const world = aWorld();
    const { token } = await world.begin();

    const response = await resume(world, { token, visitor: namedAs(world, 'u-1') });

    expect(await headingOf(response)).toBe('422 invalid');
  });

  it('more often than the company allows for an address', async () => {
    const world = aWorld(aChat({ limits: { conversations_per_address_and_hour: 2 } }));
    const { token } = await world.begin();
    await resume(world, { token });

    expect(await headingOf(await resume(world, { token }))).toBe('429 too-many-requests');
  });
});
