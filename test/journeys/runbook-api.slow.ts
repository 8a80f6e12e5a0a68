import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { type Drill, startDrill } from '../support/drill.ts';
import { aCustomer } from '../support/engine.ts';

let drill: Drill;

beforeAll(async () => {
  drill = await startDrill();
});

afterAll(() => drill.stop());

/** What is counted is written at the end of an invocation. */
const soon = { timeout: 20_000, interval: 100 };

const { call, setFeature } = callsOf(() => drill.engine);

describe('Signatures refused', () => {
  const heading = 'Signatures refused';

  it('rings for strangers, whose webhooks have no signature', async () => {
    const body = new URLSearchParams({ MessageSid: 'SM1', From: 'whatsapp:+15550400001' });
    const url = `${drill.engine.cloud.url}/webhooks/twilio/whatsapp`;
    const knocks = Array.from({ length: drill.threshold(heading) }, () =>
      fetch(url, { method: 'POST', body }),
    );
    for (const { status } of await Promise.all(knocks)) expect(status).toBe(403);

    await expect.poll(() => drill.counted(heading), soon).toEqual([drill.threshold(heading)]);
    const named = () =>
      drill.found(heading, 'receive').filter((line) => line.includes('"missing"'));
    await expect.poll(() => named().length, soon).toBe(drill.threshold(heading));
  });

  it('is cured by the token that Twilio has, seconds after it is filled in', async () => {
    const { secrets } = drill.engine.cloud.services;
    const arn = secrets.create('drill/twilio');
    const fill = (token: string) =>
      secrets.fill(
        'drill/twilio',
        JSON.stringify({
          twilio_account_sid: `AC${'0'.repeat(32)}`,
          twilio_auth_token: token,
          twilio_phone_number: '+14155238886',
        }),
      );
    fill('the-token-before');
    onTestFinished(drill.spoil('receive', { TWILIO_CREDENTIALS_SECRET_ID: arn }));
    const customer = aCustomer(drill.engine, '+15550400002');
    const { status } = await customer.writes('Hello?');
    fill('local-auth-token');

    const writes = async () => (await customer.writes('Anybody?')).status;
    await expect.poll(writes, { timeout: 20_000, interval: 2_000 }).toBe(200);

    expect(status).toBe(403);
    expect(await drill.foundSoon(heading, 'receive', '"wrong"')).not.toEqual([]);
    expect(await customer.hears(1)).toHaveLength(1);
    await expect.poll(() => drill.values('MessagesReceived'), soon).not.toEqual([]);
  });

  it('is cured by the URL that Twilio calls', async () => {
    const fix = drill.spoil('receive', { PUBLIC_BASE_URL: 'https://elsewhere.example' });
    onTestFinished(fix);
    const customer = aCustomer(drill.engine, '+15550400005');
    const refused = await customer.writes('Hello?');
    fix();

    expect([refused.status, (await customer.writes('Anybody?')).status]).toEqual([403, 200]);
  });
});

describe('Callers refused', () => {
  const heading = 'Callers refused';

  it('rings for keys that nobody has, and names no company', async () => {
    const key = `re_live_demo_${'a'.repeat(12)}_${'b'.repeat(43)}`;
    for (let n = 0; n < drill.threshold(heading); n += 20) {
      await Promise.all(Array.from({ length: 20 }, () => call('/usage', { key })));
    }

    const refused = () => drill.counted(heading).reduce((sum, count) => sum + count, 0);
    await expect.poll(refused, soon).toBe(drill.threshold(heading));
    expect(drill.found(heading, 'authorizer')).toEqual([]);
  });

  it('names the company whose key was revoked, and a new key lets it in', async () => {
    const revoked = await aKey(drill.engine, 'demo');
    await drill.run(`replies keys revoke demo ${revoked.key_id}`);
    const { status } = await call('/usage', { key: revoked.text });
    const [key = ''] = (await drill.run('replies keys create demo')).split('\n');

    expect(status).toBe(401);
    expect(await drill.foundSoon(heading, 'authorizer', revoked.key_id)).toMatchObject([
      { tenant_id: 'demo', why: 'revoked' },
    ]);
    expect((await call('/usage', { key })).status).toBe(200);
    expect(await drill.run('replies keys list demo')).toMatch(
      new RegExp(`${revoked.key_id}.*revoked`),
    );
  });

  it('names the key that may too little, and what it needs', async () => {
    const { text: key, key_id } = await aKey(drill.engine, 'demo', { scopes: ['usage:read'] });

    expect((await setFeature(key, 'colour', 'red')).status).toBe(403);
    expect(await drill.foundSoon(heading, 'administration-api', key_id)).toMatchObject([
      { tenant_id: 'demo', needs: 'configuration:write' },
    ]);
  });
});

describe('Number not registered', () => {
  const heading = 'Number not registered';
  const number = '+14155230004';

  it('rings for the first message, names the number, and registering it cures that', async () => {
    await drill.engine.tenants.create('quiet', 'Quiet');
    const customer = aCustomer(drill.engine, '+15550400003', `whatsapp:${number}`);
    const { status } = await customer.writes('Hello?');
    await expect.poll(() => drill.counted(heading), soon).toEqual([drill.threshold(heading)]);
    const registered = await drill.follows(heading, 'channels list');
    await drill.run(`replies channels add ${number} --company quiet --project shop`);
    const writes = async () => (await customer.writes('Anybody?')).status;
    await expect.poll(writes, { timeout: 40_000, interval: 1_000 }).toBe(200);

    expect(status).toBe(404);
    expect(registered).not.toContain(number);
    expect(await drill.foundSoon(heading, 'receive', number)).not.toEqual([]);
    expect(await customer.hears(1)).not.toEqual([]);
  });
});

describe('One company’s customers get no answers', () => {
  const heading = "One company's customers get no answers";

  it('leads to a company that is suspended', async () => {
    await drill.engine.tenants.create('paused', 'Paused');
    await drill.engine.channels.add({
      number: 'whatsapp:+14155230005',
      company_id: 'paused',
      project_id: 'shop',
    });
    await drill.run('replies tenants suspend paused');
    const customer = aCustomer(drill.engine, '+15550400004', 'whatsapp:+14155230005');
    await customer.writes('Hello?');
    const [line] = await drill.foundSoon(heading, 'reply-processor', 'paused');

    expect(line).toMatchObject({ company_id: 'paused' });
    await expect.poll(() => drill.values('RepliesWithheld'), soon).toEqual([1]);
    expect(await drill.run('replies tenants list')).toMatch(/paused +suspended/);
    expect(await drill.run('replies tenants resume paused')).toMatch(/paused +active/);
  });
});
