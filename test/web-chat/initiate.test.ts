import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signHs256 } from '../../lambdas/tenancy/compact-jws.ts';
import { verifyVisitorToken } from '../../lambdas/tenancy/visitor-token.ts';
import { identitySecret } from '../../lambdas/web-chat/work/identity.ts';
import { faultsOf } from '../conversations/conversations-app.ts';
import { aChat, chats, dataOf, headingOf, type Opened, shop, visitorKey } from './chat-world.ts';

const aWorld = chats();
const initiate = '/conversations/initiate';
const bodyOf = { web_app_name: 'shop', location: 'Berlin', participant_id: 'guest-7' };

describe('a conversation that begins', () => {
  it('gives the visitor a token for himself alone', async () => {
    const world = aWorld();

    const response = await world.ask('POST', initiate, { body: bodyOf });
    const opened = await dataOf<Opened>(response);

    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(opened.channel_id).toBe(`webchat:${opened.conversation_id}`);
    expect(verifyVisitorToken(opened.token, visitorKey, world.clock.now())).toEqual({
      tenant_id: world.tenant,
      participant_id: opened.participant_id,
      valid_until: Date.parse(opened.token_expires_at) / 1000,
    });
  });

  it('is kept with what the page says of itself, which proves nothing', async () => {
    const world = aWorld(aChat({ agent: 'support' }));
    const context = { page_url: `${shop}/shoes?size=42`, basket: 2 };

    const { conversation_id, participant_id } = await world.begin({
      ...bodyOf,
      language: 'de',
      context,
    });

    const { tenant: tenant_id } = world;
    expect(participant_id).not.toContain('guest-7');
    expect(await world.conversations.find({ tenant_id, conversation_id })).toMatchObject({
      channel: 'webchat',
      participant_id,
      participant_name: null,
      external_id: null,
      conversation_spec_id: 'support',
      metadata: {
        page_url: `${shop}/shoes?size=42`,
        page_origin: shop,
        page_participant_id: 'guest-7',
        web_app_name: 'shop',
        location: 'Berlin',
        language: 'de',
        context,
      },
    });
    expect(world.started).toEqual([conversation_id]);
  });

  it('is another one each time without a key, each of another visitor', async () => {
    const world = aWorld();

    const [one, other] = [await world.begin(), await world.begin()];

    expect(one.conversation_id).not.toBe(other.conversation_id);
    expect(one.participant_id).not.toBe(other.participant_id);
  });

  it('is one for its key, however often and at once it is asked for', async () => {
    const world = aWorld();
    const headers = { 'idempotency-key': randomUUID() };

    const all = await Promise.all(
      Array.from({ length: 5 }, () => world.begin(bodyOf, { headers })),
    );

    expect(new Set(all.map(({ conversation_id }) => conversation_id)).size).toBe(1);
    expect(new Set(all.map(({ participant_id }) => participant_id)).size).toBe(1);
    expect(new Set(world.started).size).toBe(1);
  });

  it('is not given to another request with its key, nor to anybody by a key that can be guessed', async () => {
    const world = aWorld();
    const headers = { 'idempotency-key': randomUUID() };
    await world.begin(bodyOf, { headers });

    const other = await world.ask('POST', initiate, { headers, body: {} });
    const guessed = await world.ask('POST', initiate, {
      headers: { 'idempotency-key': '1' },
      body: {},
    });

    expect(await headingOf(other)).toBe('409 idempotency-key-reused');
    expect(await faultsOf(guessed)).toEqual({
      'Idempotency-Key': expect.stringContaining('random UUID'),
    });
  });

  it('is not given by its key to another company, nor an hour later', async () => {
    const [world, foreign] = [aWorld(), aWorld()];
    const headers = { 'idempotency-key': randomUUID() };
    const mine = await world.begin(bodyOf, { headers });

    const theirs = await foreign.begin(bodyOf, { headers });
    world.clock.pass(3_601_000);
    const later = await world.begin(bodyOf, { headers });

    expect(theirs.participant_id).not.toBe(mine.participant_id);
    expect(later.participant_id).not.toBe(mine.participant_id);
  });

  it('may be of a visitor who has a token already: he stays who he is', async () => {
    const world = aWorld();
    const first = await world.begin();

    const body = { participant_id: 'somebody-else' };
    const again = await dataOf<Opened>(
      await world.askAs(first.participant_id, 'POST', initiate, { body }),
    );

    expect(again.participant_id).toBe(first.participant_id);
    expect(again.conversation_id).not.toBe(first.conversation_id);
  });
});

describe('a visitor whom the company names', () => {
  const named = (world: { tenant: string; clock: { now(): number } }, more: object = {}) => {
    const claims = { sub: 'u-1', exp: world.clock.now() / 1000 + 600, ...more };
    return { token: signHs256(claims, identitySecret(visitorKey, world.tenant, 1)) };
  };

  it('is the same participant each time, by a token or by a hash, with his name', async () => {
    const world = aWorld();
    const key = identitySecret(visitorKey, world.tenant, 1);
    const user_hash = createHmac('sha256', key).update('u-1').digest('hex');

    const one = await world.begin({ visitor: named(world, { name: 'Jo' }) });
    const other = await world.begin({ visitor: { user_id: 'u-1', user_hash } });

    expect(other.participant_id).toBe(one.participant_id);
    const { conversation_id } = one;
    expect(
      await world.conversations.find({ tenant_id: world.tenant, conversation_id }),
    ).toMatchObject({ participant_name: 'Jo', external_id: 'u-1' });
  });

  it('is not named by another company, and is another participant there', async () => {
    const [world, foreign] = [aWorld(), aWorld()];

    const stolen = await world.ask('POST', initiate, { body: { visitor: named(foreign) } });
    const one = await world.begin({ visitor: named(world) });
    const other = await foreign.begin({ visitor: named(foreign) });

    expect(await headingOf(stolen)).toBe('403 identity-refused');
    expect(other.participant_id).not.toBe(one.participant_id);
  });

  it('is the only one where the company wants to know all', async () => {
    const world = aWorld(aChat({ identity: { required: true } }));

    const nameless = await world.ask('POST', initiate, { body: {} });
    const opened = await world.begin({ visitor: named(world) });

    expect(await headingOf(nameless)).toBe('403 identity-refused');
    expect(opened.config).toMatchObject({ identity_required: true });
  });

  it('may be named by a program of the company with its own key', async () => {
    const world = aWorld(aChat({ identity: { required: true } }));
    const body = { participant_id: 'u-1' };

    const byProgram = await dataOf<Opened>(await world.askAsStaff('POST', initiate, { body }));
    const byToken = await world.begin({ visitor: named(world) });

    expect(byProgram.participant_id).toBe(byToken.participant_id);
  });
});

describe('how many conversations begin', () => {
  it('is bounded for a network address, and for nobody else', async () => {
    const world = aWorld(aChat({ limits: { conversations_per_address_and_hour: 2 } }));
    const from = (sourceIp: string) => world.ask('POST', initiate, { body: {}, sourceIp });
    await from('2001:db8:1:2::1');
    await from('2001:db8:1:2::2');

    const third = await from('2001:db8:1:2:ffff::3');
    const elsewhere = await from('2001:db8:1:3::1');

    expect(third.status).toBe(429);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(1_700);
    expect(elsewhere.status).toBe(201);
    const kept = JSON.stringify(await world.table.items());
    expect(kept).not.toContain('2001:db8');
  });

  it('is bounded for a day, and not used up by what is repeated', async () => {
    const world = aWorld(aChat({ limits: { conversations_per_day: 1 } }));
    const headers = { 'idempotency-key': randomUUID() };
    await world.begin({}, { headers });

    const repeated = await world.ask('POST', initiate, { body: {}, headers });
    const second = await world.ask('POST', initiate, { body: {} });

    expect([repeated.status, second.status]).toEqual([201, 429]);
  });
});
