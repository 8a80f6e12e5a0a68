import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Lead } from '../../lambdas/leads/contract.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { type Drill, startDrill } from '../support/drill.ts';
import { aCustomer } from '../support/engine.ts';
import { startReceiver } from '../support/receiver.ts';

let drill: Drill;

beforeAll(async () => {
  drill = await startDrill();
});

afterAll(() => drill.stop());

/** What is counted is written at the end of an invocation. */
const soon = { timeout: 20_000, interval: 100 };

const { call, setFeature } = callsOf(() => drill.engine);

/** What the entry's searches find in a log, as soon as there is something that names this. */
async function foundOf(heading: string, log: string, naming: string) {
  const found = () => drill.found(heading, log).filter((line) => line.includes(naming));
  await expect.poll(found, { timeout: 15_000, interval: 50 }).not.toEqual([]);
  return found().map(drill.entry);
}

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
    expect(await foundOf(heading, 'receive', '"missing"')).toHaveLength(drill.threshold(heading));
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
    expect(await foundOf(heading, 'receive', '"wrong"')).not.toEqual([]);
    expect(await customer.hears(1)).toHaveLength(1);
    await expect.poll(() => drill.values('MessagesReceived'), soon).not.toEqual([]);
  });

  it('is cured by the URL that Twilio calls', async () => {
    const mend = drill.spoil('receive', { PUBLIC_BASE_URL: 'https://elsewhere.example' });
    onTestFinished(mend);
    const customer = aCustomer(drill.engine, '+15550400005');
    const refused = await customer.writes('Hello?');
    mend();

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
    await drill.run(`npm run keys -- revoke demo ${revoked.key_id}`);
    const { status } = await call('/usage', { key: revoked.text });
    const [key = ''] = (await drill.run('npm run keys -- create demo')).split('\n');

    expect(status).toBe(401);
    expect(await foundOf(heading, 'authorizer', revoked.key_id)).toMatchObject([
      { tenant_id: 'demo', why: 'revoked' },
    ]);
    expect((await call('/usage', { key })).status).toBe(200);
    expect(await drill.run('npm run keys -- list demo')).toMatch(
      new RegExp(`${revoked.key_id}.*revoked`),
    );
  });

  it('names the key that may too little, and what it needs', async () => {
    const { text: key, key_id } = await aKey(drill.engine, 'demo', { scopes: ['usage:read'] });

    expect((await setFeature(key, 'colour', 'red')).status).toBe(403);
    expect(await foundOf(heading, 'configuration', key_id)).toMatchObject([
      { tenant_id: 'demo', needs: 'configuration:write' },
    ]);
  });
});

describe('One company’s customers get no answers', () => {
  const heading = "One company's customers get no answers";
  const number = '+14155230004';

  it('leads to a number that nobody has, and registering it cures that', async () => {
    await drill.engine.tenants.create('quiet', 'Quiet');
    const customer = aCustomer(drill.engine, '+15550400003', `whatsapp:${number}`);
    const { status } = await customer.writes('Hello?');
    await drill.run(`npm run channels -- add ${number} --company quiet --project shop`);
    const writes = async () => (await customer.writes('Anybody?')).status;
    await expect.poll(writes, { timeout: 40_000, interval: 1_000 }).toBe(200);

    expect(status).toBe(404);
    expect(await foundOf(heading, 'receive', number)).not.toEqual([]);
    expect(await customer.hears(1)).not.toEqual([]);
  });

  it('leads to a company that is suspended', async () => {
    await drill.engine.tenants.create('paused', 'Paused');
    await drill.engine.channels.add({
      number: 'whatsapp:+14155230005',
      company_id: 'paused',
      project_id: 'shop',
    });
    await drill.run('npm run tenants -- suspend paused');
    const customer = aCustomer(drill.engine, '+15550400004', 'whatsapp:+14155230005');
    await customer.writes('Hello?');
    const [line] = await foundOf(heading, 'reply-processor', 'paused');

    expect(line).toMatchObject({ company_id: 'paused' });
    await expect.poll(() => drill.values('RepliesWithheld'), soon).toEqual([1]);
    expect(await drill.run('npm run tenants -- list')).toMatch(/paused +suspended/);
    expect(await drill.run('npm run tenants -- resume paused')).toMatch(/paused +active/);
  });
});

/** Sends a lead; resolves with its id. */
async function aLead(): Promise<string> {
  const created = await call('/leads', {
    key: drill.engine.demoKey,
    method: 'POST',
    body: { note: 'Need urgent pricing for 50 seats ASAP!' },
    headers: { 'idempotency-key': randomUUID() },
  });
  return ((await created.json()) as Lead).id;
}

const insightOf = async (leadId: string) =>
  (await (await call(`/leads/${leadId}/insight`, { key: drill.engine.demoKey })).json()) as object;

describe('Leads are not judged', () => {
  it('says why, and they are judged once the cause is mended', async () => {
    const mend = drill.spoil('lead-triage', { LEADS_TABLE: 'nowhere' });
    onTestFinished(mend);
    const id = await aLead();
    const [line] = await foundOf('Leads are not judged', 'lead-triage', id);
    const pending = await insightOf(id);
    mend();

    await expect.poll(() => insightOf(id), { timeout: 30_000 }).toMatchObject({ intent: 'buy' });
    expect(line).toMatchObject({ tenant_id: 'demo', error_code: 'store' });
    expect(pending).toMatchObject({ type: expect.stringContaining('insight-pending') });
    await expect.poll(() => drill.values('TriageFailed'), soon).not.toEqual([]);
  });
});

describe('Leads are judged by the rules though a model is configured', () => {
  const heading = 'Leads are judged by the rules though a model is configured';

  it('says why, and one is judged anew by the model once it answers', async () => {
    const { demoKey: key, openai } = drill.engine;
    await setFeature(key, 'lead-triage', { adapter: 'openai', model: 'gpt-5.6-luna' });
    openai?.faults.add({
      operation: 'responses.create',
      effect: { kind: 'respond', status: 400 },
      times: 100,
    });
    const id = await aLead();
    const [line] = await foundOf(heading, 'lead-triage', id);
    await expect.poll(() => insightOf(id), soon).toMatchObject({ adapter: 'rules' });
    openai?.faults.clear();

    await call(`/leads/${id}/insight`, { key, method: 'POST', body: { adapter: 'openai' } });
    await expect
      .poll(() => insightOf(id), { timeout: 30_000 })
      .toMatchObject({ adapter: 'openai', fallback_reason: null });

    expect(line).toMatchObject({ tenant_id: 'demo', error_code: 'openai_refused' });
    await expect.poll(() => drill.values('TriageFallback'), soon).toEqual([1]);
  });
});

describe('A company says that it gets no webhooks', () => {
  const heading = 'A company says that it gets no webhooks';

  it('leads to what its receiver answered; set again, it is told again', async () => {
    // A company of its own: of no other are there events on their way that the receiver would hear.
    await drill.engine.tenants.create('untold', 'Untold');
    const { text: key } = await aKey(drill.engine, 'untold');
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    receiver.answers(500, 410);
    const set = () => setFeature(key, 'webhooks', { url: receiver.url });
    const test = async () => {
      const response = await call('/webhook-endpoint/test', { key, method: 'POST' });
      return { status: response.status, ...((await response.json()) as { id: string }) };
    };
    await set();
    const { id } = await test();
    await receiver.hears(2);

    const lines = await foundOf(heading, 'webhook-deliver', id);
    await expect
      .poll(async () => (await call('/webhook-endpoint', { key })).json(), soon)
      .toMatchObject({ state: 'disabled' });
    const refused = await test();
    await set();
    const taken = await test();
    await receiver.hears(3);

    expect(lines[0]).toMatchObject({ tenant_id: 'untold', error_code: 'webhook_refused' });
    expect((await foundOf(heading, 'webhook-deliver', 'is gone'))[0]).toMatchObject({
      event_id: id,
    });
    expect([refused.status, taken.status]).toEqual([409, 202]);
  });
});
