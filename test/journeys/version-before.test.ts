import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeLetters } from '../../bin/dlq/letters.ts';
import { callsOf } from '../support/calls.ts';
import { aCustomer, messagesIn, queueIsEmpty, type TestEngine } from '../support/engine.ts';
import { placesOf, startWithDataOfVersionBefore } from '../support/version-before.ts';

let before: Awaited<ReturnType<typeof startWithDataOfVersionBefore>>;
let engine: TestEngine;

beforeAll(async () => {
  before = await startWithDataOfVersionBefore();
  engine = before.engine;
});

afterAll(() => before.stop());

const { call } = callsOf(() => engine);
const soon = { timeout: 15_000, interval: 50 };

// biome-ignore lint/suspicious/noExplicitAny: what the version before has kept is looked at from outside
type Answer = any;
const read = async (path: string, key = before.known.keys.admin): Promise<Answer> =>
  (await call(path, { key })).json();

const post = (path: string, idempotencyKey: string, body?: unknown) =>
  call(path, {
    key: before.known.keys.admin,
    method: 'POST',
    body,
    headers: { 'idempotency-key': idempotencyKey },
  });

const [shop, desk] = ['whatsapp:+14155550100', 'whatsapp:+14155550101'];

describe.concurrent('a conversation of the version before', () => {
  it('goes on in its thread, with what waited in the queue and under another name', async () => {
    const third = await aCustomer(engine, '+15550190001', shop).hears(3);
    const another = aCustomer(engine, '+15550190009', shop);

    await another.writes('And a table?', { extra: { ExternalUserId: 'US.190001' } });

    const [fourth] = await another.hears(1);
    expect(third.at(-1)).toMatch(/Is the green one in stock[\s\S]*4 earlier messages/);
    expect(fourth).toMatch(/And a table[\s\S]*6 earlier messages/);
    expect(JSON.stringify(engine.openai?.calls)).toContain('You sell chairs and tables.');
  });

  it('gets the answer that was being written', async () => {
    const customer = aCustomer(engine, '+15550190004', shop);

    await customer.hears(1);
    await customer.writes('Thank you');

    expect((await customer.hears(2)).at(-1)).toContain('2 earlier messages');
  });

  it('is told again to a vendor that has forgotten it, from what is kept', async () => {
    const customer = aCustomer(engine, '+15550190003', desk);
    await fetch(`${engine.openai?.url}/v1/threads/${before.known.conversations.thread}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer local-key', 'openai-beta': 'assistants=v2' },
    });

    await customer.writes('It squeaks again.');

    const reply = (await customer.hears(2)).at(-1);
    expect(reply).toMatch(/It squeaks again[\s\S]*2 earlier messages/);
  });

  it('has no second answer when webhooks of answered messages come again', async () => {
    const customer = aCustomer(engine, '+15550190005', shop);
    const answered = customer.received();

    for (const sid of before.known.conversations.together) await engine.twilio?.repeatWebhook(sid);
    await customer.writes('Four');

    const heard = await customer.hears(answered.length + 1);
    expect(answered.length).toBeGreaterThan(0);
    expect(heard).toEqual([...answered, expect.stringContaining('Four')]);
  });

  it('stays silent after STOP until START', async () => {
    const customer = aCustomer(engine, '+15550190002', shop);
    const answered = customer.received();

    await customer.writes('Hello?');
    await queueIsEmpty(engine);
    const whileStopped = customer.received();
    await customer.writes('START');

    expect(whileStopped).toEqual(answered);
    const heard = await customer.hears(answered.length + 1);
    expect(heard.at(-1)).toContain('Welcome back');
  });
});

describe.concurrent('a run of the version before', () => {
  const stateOf = async (run: string) => {
    const { state, counts } = await read(`/status/${run}`);
    return { state, ...counts };
  };

  it.each([
    ['inTime', 'fresh-2', 4],
    ['stopped', 'fresh-3', 3],
    ['waiting', 'fresh-4', 2],
  ] as const)('that was under way (%s) ends, each email sent once', async (name, box, count) => {
    const run = before.known.runs[name];

    const ended = { state: 'completed', fetched: count, sent: count, failed: 0, waiting: 0 };
    await expect.poll(() => stateOf(run), soon).toMatchObject(ended);

    const posts = engine.mailbox?.run(box)?.box.posts ?? [];
    const taken = posts.filter(({ outcome }) => outcome !== 'faulted');
    const { emails } = await read(`/email-runs/${run}/emails`);
    expect(taken.map(({ outcome }) => outcome)).toEqual(Array(count).fill('accepted'));
    expect(new Set(taken.map(({ emailId }) => emailId)).size).toBe(count);
    expect(emails).toMatchObject(
      Array(count).fill({ state: 'sent', deadline_at: expect.any(String) }),
    );
  });

  it('that has ended is shown with what was late and what failed', async () => {
    const { ended } = before.known.runs;

    expect(await read(`/status/${ended}`)).toMatchObject({
      state: 'completed',
      test_mode: true,
      counts: { fetched: 3, sent: 2, on_time: 1, late: 1, failed: 1 },
      cannot_be_met: [{ email_id: 'fresh-1.late' }],
      late: [{ email_id: 'fresh-1.late', late_by_seconds: expect.any(Number) }],
      failed: [{ email_id: 'fresh-1.odd', reason: expect.stringContaining('email_invalid') }],
      completed_at: expect.any(String),
    });
    expect((await read(`/email-runs/${ended}/emails`)).emails).toMatchObject([
      { email_id: 'fresh-1.a', state: 'sent', answered_by: 'full', on_time: true },
      { email_id: 'fresh-1.late', state: 'sent', on_time: false },
      { email_id: 'fresh-1.odd', state: 'failed', deadline_at: null },
    ]);
  });

  it('is known by its idempotency key, which no other request may have', async () => {
    const again = await post('/trigger?test=true', 'the-ended-run');
    const another = await post('/trigger?test=true&send=just_in_time', 'the-ended-run');

    expect(await again.json()).toMatchObject({ run_id: before.known.runs.ended });
    expect(another.status).toBe(409);
  });
});

describe.concurrent('a lead of the version before', () => {
  const aLead = {
    name: 'Jo Quetzal',
    email: 'jo@quetzal.example',
    note: 'Need urgent pricing for 50 chairs ASAP!',
    source: 'website',
  };

  it('is listed with its insight; what waited in the queue is judged', async () => {
    const { lead, waiting_lead } = before.known;
    const listed = async () => (await read('/leads?source=website')).leads;

    await expect.poll(listed, soon).toMatchObject([
      { id: waiting_lead, note: 'Do you hire carpenters?', insight: { version: 1 } },
      { id: lead.id, ...aLead, phone: null, insight: { version: 3, adapter: 'rules' } },
    ]);
    expect((await read('/leads?priority=P0&intent=buy')).leads).toMatchObject([{ id: lead.id }]);
    expect((await read(`/leads/${lead.id}/insights`)).insights).toMatchObject([
      { version: 3, adapter: 'rules' },
      { version: 2, adapter: 'openai', adapter_version: 'gpt-triage/2' },
      { version: 1, adapter: 'rules', intent: 'buy', priority: 'P0', next_action: 'call' },
    ]);
  });

  it('is known by its idempotency key, which no other may have', async () => {
    const { id, idempotency_key } = before.known.lead;

    const again = await post('/leads', idempotency_key, aLead);
    const another = await post('/leads', idempotency_key, { ...aLead, note: 'Hello' });

    expect([again.status, another.status]).toEqual([200, 409]);
    expect(await again.json()).toEqual(await read(`/leads/${id}`));
  });
});

describe.concurrent('a company of the version before', () => {
  it('is let in by its keys, each for what it may do', async () => {
    const { admin, client, revoked, suspended } = before.known.keys;
    const statuses = [admin, client, revoked, suspended].map(
      async (key) => (await call('/leads', { key })).status,
    );
    const body = { note: 'Hello' };
    const headers = { 'idempotency-key': 'of a visitor' };
    const visitor = await call('/leads', { key: client, method: 'POST', body, headers });

    expect(await Promise.all(statuses)).toEqual([200, 403, 401, 403]);
    expect(visitor.status).toBe(201);
  });

  it('is shown its configuration and who changed it', async () => {
    const { configurations } = await read('/tenant-configuration');
    const { changes } = await read('/tenant-configuration/opening-hours/changes');
    expect(configurations).toMatchObject([
      { feature_name: 'assistant', version: 2, updated_by: expect.stringMatching(/^key:/) },
      { feature_name: 'assistant.desk', feature_value: { assistant_id: 'asst_desk' } },
      { feature_name: 'lead-retention' },
      { feature_name: 'lead-triage', feature_value: { model: 'gpt-triage' } },
      { feature_name: 'message-retention', feature_value: { days: 60 } },
      { feature_name: 'webhooks', feature_value: { url: before.receiver.url } },
    ]);
    expect(changes).toMatchObject([
      { version: 3, action: 'deleted', before: { monday: '8-16' } },
      { version: 2, action: 'set', before: { monday: '9-17' } },
      { version: 1, action: 'set' },
    ]);
    expect((await read('/tenant-configuration/assistant/changes')).changes).toMatchObject([
      { version: 2, before: { instructions: 'You sell chairs.' } },
      { version: 1 },
    ]);
  });

  it('changes a feature from the version that it has read', async () => {
    const change = (version: number) =>
      call('/tenant-configuration/lead-retention', {
        key: before.known.keys.admin,
        method: 'POST',
        body: { feature_value: { days: 100 } },
        headers: { 'if-match': `"${version}"` },
      });

    expect([(await change(7)).status, (await change(1)).status]).toEqual([412, 200]);
    expect(await read('/tenant-configuration/lead-retention')).toMatchObject({ version: 2 });
  });

  it('is shown its usage, to which what comes is added', async () => {
    const { total } = await read('/usage');

    expect(total.requests).toBeGreaterThan(100);
    expect(total.replies).toBeGreaterThan(6);
    expect(total.emails).toBeGreaterThanOrEqual(5);
    expect(total.lead_model_calls).toBeGreaterThanOrEqual(1);
  });

  it('is told of what waited, signed as before', async () => {
    const { signing_secret } = before.known;
    const told = () => before.receiver.received.map(({ body }) => JSON.parse(body).type);
    await expect.poll(told, soon).toEqual(expect.arrayContaining(['webhook.test']));

    const verified = before.receiver.received.map(({ body, headers }) =>
      new Webhook(signing_secret).verify(body, headers),
    );
    expect(verified).toContainEqual(
      expect.objectContaining({ data: { message: 'This is a test: your webhook works.' } }),
    );
    expect(await read('/webhook-endpoint')).toMatchObject({ state: 'active', signing_secret });
  });

  it('whose receiver is gone is not told until it sets another', async () => {
    const endpoint = await read('/webhook-endpoint', before.known.keys.borealis);

    expect(endpoint).toMatchObject({ state: 'disabled', disabled_at: expect.any(String) });
  });
});

describe('the queues of the version before', () => {
  it('are worked off, and their dead letters are shown with their reasons', async () => {
    const { client } = engine.cloud.services.queues;
    const places = [...placesOf(engine)];
    const dead = places.filter(([name]) => name.endsWith('_DLQ_URL'));
    const waiting = places.filter(([name]) => /(REPLY|TRIAGE|WEBHOOK|READY)_QUEUE_URL/.test(name));

    for (const [, url] of waiting) {
      const name = url.split('/').at(-1) ?? '';
      await expect.poll(() => messagesIn(engine, name), soon).toBe(0);
    }
    for (const [, url] of dead) {
      const letters = await takeLetters(client, url, 30);
      expect(letters.map(({ attributes }) => attributes)).toMatchObject([
        { reason_code: 'malformed_message', failed_at: expect.any(String) },
      ]);
    }
    expect([dead.length, waiting.length]).toEqual([5, 4]);
  });
});
