import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Insight, Lead, TriageMessage } from '../../lambdas/leads/messages.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { messagesIn, startTestEngine, type TestEngine } from '../support/engine.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});

afterAll(() => engine.stop());

const { call, setFeature, expectSilentLogs } = callsOf(() => engine);
const inbox = 'replies-engine-leads-local';
const deadLetters = 'replies-engine-leads-dlq-local';

/** A company of its own, with a key that may do everything. */
async function aCompany(name: string): Promise<string> {
  await engine.tenants.create(name, name);
  return (await aKey(engine, name)).text;
}

const aLead = { name: 'Jo Quetzal', note: 'What is the pricing for 50 seats?', source: 'web' };

const post = (key: string, body: unknown, idempotencyKey: string = randomUUID(), path = '/leads') =>
  call(path, { key, method: 'POST', body, headers: { 'idempotency-key': idempotencyKey } });

const read = async <T>(path: string, key: string): Promise<T> =>
  (await (await call(path, { key })).json()) as T;

async function insightOf(key: string, leadId: string): Promise<Insight> {
  const path = `/leads/${leadId}/insight`;
  await vi.waitFor(async () => expect((await call(path, { key })).status).toBe(200), 30_000);
  return read(path, key);
}

const listOf = (key: string, query = '') =>
  read<{ leads: (Lead & { insight: Insight | null })[] }>(`/leads${query}`, key);
const insightsOf = async (key: string, leadId: string) =>
  (await read<{ insights: Insight[] }>(`/leads/${leadId}/insights`, key)).insights;

const queueIsEmpty = () =>
  vi.waitFor(async () => expect(await messagesIn(engine, inbox)).toBe(0), 30_000);

describe.concurrent('a lead', () => {
  it('is taken in, classified, and found with its insight', async () => {
    const key = await aCompany('flow');
    const response = await post(key, aLead);
    const lead = (await response.json()) as Lead;

    const insight = await insightOf(key, lead.id);

    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/leads/${lead.id}`);
    expect(lead).toMatchObject({ ...aLead, email: null, phone: null });
    expect(insight).toMatchObject({
      lead_id: lead.id,
      version: 1,
      adapter: 'rules',
      fallback_reason: null,
    });
    expect(await read(`/leads/${lead.id}`, key)).toEqual(lead);
    const { priority, intent } = insight;
    const query = `?priority=${priority}&intent=${intent}&source=web`;
    expect((await listOf(key, query)).leads).toEqual([{ ...lead, insight }]);
  });

  it('is one when it is sent twice with the same key, and both are answered alike', async () => {
    const key = await aCompany('same');
    const idempotencyKey = randomUUID();
    const first = await post(key, aLead, idempotencyKey);
    const second = await post(key, aLead, idempotencyKey, '/leads/');
    await queueIsEmpty();

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await second.json()).toEqual(await first.json());
    expect((await listOf(key)).leads).toHaveLength(1);
  });

  it('is refused under the key of another, which stays as it is', async () => {
    const key = await aCompany('different');
    const idempotencyKey = randomUUID();
    const lead = (await (await post(key, aLead, idempotencyKey)).json()) as Lead;

    const refused = await post(key, { ...aLead, note: 'Hi' }, idempotencyKey);

    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      type: 'urn:replies-engine:error:idempotency-key-reused',
    });
    expect((await listOf(key)).leads).toMatchObject([lead]);
  });

  it('has one insight though its event comes again, at the same time and later', async () => {
    const key = await aCompany('events');
    const lead = (await (await post(key, aLead)).json()) as Lead;
    const before = await insightOf(key, lead.id);
    const message: TriageMessage = {
      kind: 'triage',
      tenant_id: 'events',
      lead,
      expires_at: Math.floor(Date.now() / 1000) + 86_400,
    };

    await Promise.all(Array.from({ length: 10 }, () => enqueue(message)));
    await queueIsEmpty();

    expect(await insightsOf(key, lead.id)).toEqual([before]);
    expect(await itemsOf('events')).toHaveLength(1);
    expect(await read('/usage', key)).toMatchObject({ total: { leads: 1 } });
  });

  it('that only its event knows of is stored and classified', async () => {
    const key = await aCompany('orphan');
    const lead = { ...aLead, id: randomUUID(), email: null, phone: null };
    const created_at = new Date().toISOString();
    const expires_at = Math.floor(Date.now() / 1000) + 86_400;

    await enqueue({
      kind: 'triage',
      tenant_id: 'orphan',
      lead: { ...lead, created_at },
      expires_at,
    });

    expect((await insightOf(key, lead.id)).version).toBe(1);
    expect((await listOf(key)).leads).toMatchObject([{ ...lead, created_at }]);
  });
});

async function enqueue(message: TriageMessage): Promise<void> {
  const { queues } = engine.cloud.services;
  await queues.client.send(
    new SendMessageCommand({
      QueueUrl: `${queues.endpoint}/000000000000/${inbox}`,
      MessageBody: JSON.stringify(message),
      MessageGroupId: message.tenant_id,
    }),
  );
}

async function itemsOf(tenant: string): Promise<unknown[]> {
  const client = DynamoDBDocumentClient.from(engine.cloud.services.tables.client);
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: engine.cloud.outputs['LeadsTable'],
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `TENANT#${tenant}#LEADS` },
    }),
  );
  return items;
}

describe('a lead that is classified again', () => {
  it('has the model’s insight beside the rules’, and is told by both', async () => {
    const key = await aCompany('again');
    await setFeature(key, 'lead-triage', { model: 'gpt-triage', instructions: 'We sell chairs.' });
    const lead = (await (await post(key, aLead)).json()) as Lead;
    const first = await insightOf(key, lead.id);

    const accepted = await call(`/leads/${lead.id}/insight`, {
      key,
      method: 'POST',
      body: { adapter: 'openai' },
    });
    await vi.waitFor(async () => expect((await insightOf(key, lead.id)).version).toBe(2), 30_000);

    const second = await insightOf(key, lead.id);
    expect(accepted.status).toBe(202);
    expect(await accepted.json()).toMatchObject({ lead_id: lead.id, adapter: 'openai' });
    expect(second).toMatchObject({ adapter: 'openai', adapter_version: 'gpt-triage/2' });
    expect(second.fallback_reason).toBeNull();
    expect(await insightsOf(key, lead.id)).toEqual([second, first]);
  });

  it('comes back for a model that is not available at the moment', async () => {
    const key = await aCompany('busy');
    await setFeature(key, 'lead-triage', { adapter: 'openai' });
    const [operation, containing] = ['responses.create', 'Too busy'];
    for (const status of [429, 503]) {
      engine.openai?.faults.add({ operation, containing, effect: { kind: 'respond', status } });
    }
    const busy = { ...aLead, note: `${containing} to read it all: how much is it?` };
    const [one, another] = await Promise.all([post(key, busy), post(key, busy)]);
    const leads = (await Promise.all([one.json(), another.json()])) as Lead[];

    for (const { id } of leads) {
      const insight = await insightOf(key, id);
      expect(insight).toMatchObject({ adapter: 'openai', version: 1, fallback_reason: null });
    }
    expect(await messagesIn(engine, deadLetters)).toBe(0);
  });
});

describe.concurrent('a lead of another company', () => {
  it('is as one that does not exist, to whoever knows its id and its key', async () => {
    const [ours, theirs] = [await aCompany('ours'), await aCompany('theirs')];
    const idempotencyKey = randomUUID();
    const lead = (await (await post(ours, aLead, idempotencyKey)).json()) as Lead;
    const mine = await insightOf(ours, lead.id);

    const paths = [`/leads/${lead.id}`, `/leads/${lead.id}/insight`, `/leads/${lead.id}/insights`];
    const answers = await Promise.all(paths.map((path) => call(path, { key: theirs })));
    const reclassified = await call(`/leads/${lead.id}/insight`, {
      key: theirs,
      method: 'POST',
      body: {},
    });
    const list = await listOf(theirs, `?cursor=${lead.id}`);
    const another = await post(theirs, aLead, idempotencyKey);

    expect([...answers, reclassified].map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(list.leads).toEqual([]);
    expect(another.status).toBe(201);
    await queueIsEmpty();
    expect(await insightsOf(ours, lead.id)).toEqual([mine]);
  });
});

describe.concurrent('a visitor', () => {
  it('may leave a lead, and see none', async () => {
    const { text: visitor } = await aKey(engine, 'demo', { client: true });
    const response = await post(visitor, aLead);
    const { id } = (await response.json()) as Lead;
    const paths = ['/leads', `/leads/${id}`, `/leads/${id}/insight`, `/leads/${id}/insights`];

    const reads = await Promise.all(paths.map((path) => call(path, { key: visitor })));
    const reclassified = await call(`/leads/${id}/insight`, {
      key: visitor,
      method: 'POST',
      body: {},
    });

    expect(response.status).toBe(201);
    expect([...reads, reclassified].map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect((await insightOf(engine.demoKey, id)).lead_id).toBe(id);
  });
});

describe('the logs of all this', () => {
  it('hold no key, and nothing of a lead', () => {
    expectSilentLogs(['Quetzal', '50 seats', 'We sell chairs'], 7);
  });
});
