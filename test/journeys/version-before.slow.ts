import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeLetters } from '../../bin/dlq/letters.ts';
import type { Conversation, Message } from '../../lambdas/conversations/conversation.ts';
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
const soonMs = 60_000;
const soon = { timeout: soonMs, interval: 50 };

type Answer = Record<string, unknown>;
const read = async <T = Answer>(path: string, key = before.known.keys.admin): Promise<T> =>
  (await call(path, { key })).json() as Promise<T>;

const post = (path: string, headers: Record<string, string>, body?: unknown) =>
  call(path, { key: before.known.keys.admin, method: 'POST', body, headers });

type Customer = ReturnType<typeof aCustomer>;
const [shop, desk] = ['whatsapp:+14155550100', 'whatsapp:+14155550101'];

describe.concurrent('a conversation of the version before', () => {
  it('continues in its thread, whichever name the customer writes under, until STOP', async () => {
    const [byNumber, byId] = ['+15550190001', '+15550190009'].map((number) =>
      aCustomer(engine, number, shop),
    ) as [Customer, Customer];
    const extra = { ExternalUserId: 'US.190001' };

    const third = (await byNumber.hears(3, soonMs)).at(-1);
    await byId.writes('And a table?', { extra });
    const [fourth] = await byId.hears(1, soonMs);
    await byId.writes('STOP', { extra });
    await byNumber.writes('Hello?');
    await queueIsEmpty(engine, soonMs);

    expect(third).toMatch(/Is the green one in stock[\s\S]*4 earlier messages/);
    expect(fourth).toMatch(/And a table[\s\S]*6 earlier messages/);
    const calls = engine.openai?.calls ?? [];
    expect(JSON.stringify(calls)).toContain('You sell chairs and tables.');
    expect(calls.map(({ operation }) => operation)).not.toContain('conversations.create');
    expect(byNumber.received()).toHaveLength(3);
  });

  it('gets the answer that was being written', async () => {
    const customer = aCustomer(engine, '+15550190004', shop);

    await customer.hears(1, soonMs);
    await customer.writes('Thank you');

    expect((await customer.hears(2, soonMs)).at(-1)).toContain('2 earlier messages');
  });

  it('is told again to a vendor that has forgotten it, from what is kept', async () => {
    const customer = aCustomer(engine, '+15550190003', desk);
    await fetch(`${engine.openai?.url}/v1/threads/${before.known.conversations.thread}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer local-key', 'openai-beta': 'assistants=v2' },
    });

    await customer.writes('It squeaks again.');

    const reply = (await customer.hears(2, soonMs)).at(-1);
    expect(reply).toMatch(/It squeaks again[\s\S]*2 earlier messages/);
    const inbox = await read<{ data: Conversation[] }>('/conversations?channel=whatsapp');
    const found = inbox.data.find(({ external_id }) => external_id === customer.from);
    const said = await read<{ data: { messages: Message[] } }>(
      `/conversations/${found?.conversation_id}/messages`,
    );
    expect(said.data.messages.map(({ role, text }) => [role, text.split('.')[0]])).toEqual([
      ['user', 'My chair squeaks'],
      ['assistant', expect.stringContaining('My chair squeaks')],
      ['user', 'It squeaks again'],
      ['assistant', expect.stringContaining('It squeaks again')],
    ]);
  });

  it('has no second answer when webhooks of answered messages come again', async () => {
    const customer = aCustomer(engine, '+15550190005', shop);
    const answered = customer.received();

    for (const sid of before.known.conversations.together) await engine.twilio?.repeatWebhook(sid);
    await customer.writes('Four');

    const heard = await customer.hears(answered.length + 1, soonMs);
    expect(answered.length).toBeGreaterThan(0);
    expect(heard).toEqual([...answered, expect.stringContaining('Four')]);
  });

  it('stays silent after STOP until START', async () => {
    const customer = aCustomer(engine, '+15550190002', shop);
    const answered = customer.received();

    await customer.writes('Hello?');
    await queueIsEmpty(engine, soonMs);
    const whileStopped = customer.received();
    await customer.writes('START');

    expect(whileStopped).toEqual(answered);
    const heard = await customer.hears(answered.length + 1, soonMs);
    expect(heard.at(-1)).toContain('Welcome back');
  });
});

describe.concurrent('a run of the version before', () => {
  it.each([
    ['inTime', 'fresh-2', 4],
    ['stopped', 'fresh-3', 3],
    ['waiting', 'fresh-4', 2],
  ] as const)(
    'that was under way (%s) ends, each email sent once and in order',
    async (name, box, count) => {
      const run = before.known.runs[name];

      await expect
        .poll(() => read(`/status/${run}`), soon)
        .toMatchObject({ state: 'completed', counts: { sent: count, failed: 0, waiting: 0 } });

      const posts = engine.mailbox?.run(box)?.box.posts ?? [];
      const inOrder = ['a', 'b', 'c', 'd'].slice(0, count).map((id) => `${box}.${id}`);
      const taken = posts.filter(({ outcome }) => outcome !== 'faulted');
      const { emails } = await read(`/email-runs/${run}/emails`);
      expect(taken.map(({ outcome }) => outcome)).toEqual(Array(count).fill('accepted'));
      expect(taken.map(({ emailId }) => emailId)).toEqual(inOrder);
      expect(emails).toMatchObject(
        Array(count).fill({ state: 'sent', deadline_at: expect.any(String) }),
      );
    },
  );

  it('is known by its idempotency key, which no other request may have', async () => {
    const key = { 'idempotency-key': 'the-ended-run' };
    const again = await post('/trigger?test=true', key);
    const another = await post('/trigger?test=true&send=just_in_time', key);

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

  it('is listed with its insight; what waited in the queue is classified', async () => {
    const { lead, waiting_lead } = before.known;
    const listed = () => read('/leads?source=website');

    await expect.poll(listed, soon).toMatchObject({
      leads: [
        { id: waiting_lead, note: 'Do you hire carpenters?', insight: { version: 1 } },
        { id: lead.id, ...aLead, phone: null, insight: { version: 3, adapter: 'rules' } },
      ],
    });
    expect(await read('/leads?priority=P0&intent=buy')).toMatchObject({ leads: [{ id: lead.id }] });
    const { insights } = await read<{ insights: object[] }>(`/leads/${lead.id}/insights`);
    expect(insights.slice(1)).toMatchObject(lead.insights);
  });

  it('is known by its idempotency key, which no other may have', async () => {
    const { id, idempotency_key } = before.known.lead;
    const key = { 'idempotency-key': idempotency_key };

    const again = await post('/leads', key, aLead);
    const another = await post('/leads', key, { ...aLead, note: 'Hello' });

    expect([again.status, another.status]).toEqual([200, 409]);
    expect(await again.json()).toEqual(await read(`/leads/${id}`));
  });
});

describe('a company of the version before', () => {
  it('is answered as before', async () => {
    for (const { path, key, body } of before.answers) {
      const asked = { ...body, ...('events' in body && { events: expect.any(Array) }) };
      expect(await read(path, before.known.keys[key]), path).toMatchObject(asked);
    }
  });

  it('is let in by its keys, each for what it may do', async () => {
    const { admin, client, revoked, suspended } = before.known.keys;

    const answers = [admin, client, revoked, suspended].map((key) => call('/leads', { key }));
    const headers = { 'idempotency-key': 'of a visitor' };
    const visitor = { key: client, method: 'POST', body: { note: 'Hello' }, headers };

    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses).toEqual([200, 403, 401, 403]);
    expect((await call('/leads', visitor)).status).toBe(201);
  });

  it('changes a feature from the version that it has read', async () => {
    const change = (etag: string) =>
      post(
        '/tenant-configuration/lead-retention',
        { 'if-match': etag },
        { feature_value: { days: 9 } },
      );

    expect([(await change('"7"')).status, (await change('"1"')).status]).toEqual([412, 200]);
  });

  it('is shown its usage, to which what comes is added', async () => {
    const usage = () => read('/usage');

    await expect.poll(usage, soon).toMatchObject({ total: { emails: 11, lead_model_calls: 1 } });
  });

  it('is told of what waited, signed as before', async () => {
    const { signing_secret } = await read('/webhook-endpoint');
    const told = () =>
      before.receiver.received.map(({ body, headers }) =>
        new Webhook(String(signing_secret)).verify(body, headers),
      );

    const data = { message: 'This is a test: your webhook works.' };
    await expect.poll(told, soon).toContainEqual(expect.objectContaining({ data }));
  });
});

describe('the queues of the version before', () => {
  it('are handled, and their dead letters are shown with their reasons', async () => {
    const { client } = engine.cloud.services.queues;
    const places = [...placesOf(engine)];
    const queues = places.filter(([name]) => /(REPLY|TRIAGE|WEBHOOK|READY)_QUEUE_URL/.test(name));
    const dead = places.filter(([name]) => /(?<!^TURN)_DLQ_URL$/.test(name));

    for (const [, url] of queues) {
      await expect.poll(() => messagesIn(engine, url.split('/').at(-1) ?? ''), soon).toBe(0);
    }
    const letters = await Promise.all(dead.map(([, url]) => takeLetters(client, url, 30)));
    expect(letters.map(([letter]) => letter?.attributes)).toMatchObject(
      Array(5).fill({ reason_code: 'malformed_message', failed_at: expect.any(String) }),
    );
  });
});
