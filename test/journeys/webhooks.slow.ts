import { randomUUID } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { productEvents } from '../../lambdas/events/messages.ts';
import { publisher } from '../../lambdas/events/publisher.ts';
import type { Insight, Lead } from '../../lambdas/leads/messages.ts';
import type { EndpointView } from '../../lambdas/webhooks/routes.ts';
import { localCredentials } from '../../local/cloud/credentials.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { messagesIn, startTestEngine, type TestEngine } from '../support/engine.ts';
import { anEvent } from '../support/events.ts';
import { type Received, startReceiver } from '../support/receiver.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});

afterAll(() => engine.stop());

const { call, setFeature, expectSilentLogs } = callsOf(() => engine);

/** A company of its own, whose receiver is on this machine. */
async function aCompany(name: string) {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  await engine.tenants.create(name, name);
  const { text: key } = await aKey(engine, name);
  return {
    key,
    receiver,
    configure: (feature: object = {}) =>
      setFeature(key, 'webhooks', { url: receiver.url, ...feature }),
    async endpoint(): Promise<EndpointView> {
      return (await (await call('/webhook-endpoint', { key })).json()) as EndpointView;
    },
    test: () => call('/webhook-endpoint/test', { key, method: 'POST' }),
  };
}

const verified = ({ headers, body }: Received, secret: string | null) =>
  new Webhook(String(secret)).verify(body, headers) as Record<string, unknown>;

describe('a company that has set a webhook', () => {
  it('is told of a test, signed with the secret that it was shown', async () => {
    const { configure, endpoint, test, receiver } = await aCompany('listens');
    expect((await configure()).status).toBe(201);
    const { signing_secret, ...shown } = await endpoint();

    const answer = await test();

    const { id } = (await answer.json()) as { id: string };
    const [request] = (await receiver.hears(1)) as [Received];
    expect(answer.status).toBe(202);
    expect(shown).toMatchObject({
      url: receiver.url,
      state: 'active',
      events: [...productEvents],
    });
    expect(request.headers['webhook-id']).toBe(id);
    expect(verified(request, signing_secret)).toMatchObject({
      type: 'webhook.test',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { message: expect.any(String) },
    });
  });

  it('is told again, with the same id, when its receiver has failed', async () => {
    const { configure, endpoint, test, receiver } = await aCompany('stumbles');
    await configure();
    const { signing_secret } = await endpoint();
    receiver.answers(500, { status: 302, headers: { location: receiver.url } });

    await test();

    const [first, second] = await receiver.hears(2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second && verified(second, signing_secret)).toMatchObject({ type: 'webhook.test' });
  });

  it('is not told any more when its receiver is gone, until it is set again', async () => {
    const { configure, endpoint, test, receiver } = await aCompany('leaves');
    await configure();
    receiver.answers(410);
    await test();
    await vi.waitFor(async () => expect((await endpoint()).state).toBe('disabled'), {
      timeout: 10_000,
    });

    const refused = await test();
    const disabled = await endpoint();
    await configure();
    const active = await endpoint();
    await test();

    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      type: 'urn:replies-engine:error:webhook-disabled',
    });
    expect(disabled).toMatchObject({ disabled_at: expect.any(String), reason: expect.any(String) });
    expect(active).toMatchObject({ state: 'active', disabled_at: null, reason: null });
    expect(await receiver.hears(2)).toHaveLength(2);
  });

  it('has a new secret with a new version, and is signed for by the one before too', async () => {
    const { configure, endpoint, test, receiver } = await aCompany('rotates');
    await configure();
    const { signing_secret: before } = await endpoint();
    await configure({ secret_version: 2 });
    const { signing_secret: now } = await endpoint();

    await test();

    const [request] = (await receiver.hears(1)) as [Received];
    expect(now).not.toBe(before);
    expect(verified(request, now)).toEqual(verified(request, before));
  });

  it('does not wait for another company, whose receiver is silent', async () => {
    const silent = await aCompany('silent');
    const prompt = await aCompany('prompt');
    silent.receiver.answers('silence', 'silence');
    await Promise.all([silent.configure(), prompt.configure()]);
    await silent.test();
    await silent.test();
    await silent.receiver.hears(2);

    await prompt.test();

    await prompt.receiver.hears(1, 5_000);
  });
});

describe('a company without a webhook', () => {
  it('is shown none, and can try none', async () => {
    const { endpoint, test } = await aCompany('deaf');

    expect(await endpoint()).toMatchObject({ url: null, state: 'none', signing_secret: null });
    expect((await test()).status).toBe(404);
  });
});

describe('the feature webhooks', () => {
  it.each([
    [{ url: 'http://hooks.example.com/' }, '#/feature_value/url'],
    [{ url: 'https://169.254.169.254/' }, '#/feature_value/url'],
    [{ url: 'https://hooks.internal/' }, '#/feature_value/url'],
    [{ url: 'https://hooks.example.com/', events: ['webhook.test'] }, '#/feature_value/events/0'],
    [{ url: 'https://hooks.example.com/', secret_version: 0 }, '#/feature_value/secret_version'],
  ])('refuses %j', async (value, pointer) => {
    const response = await setFeature(engine.demoKey, 'webhooks', value);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
  });
});

describe('an event of the product', () => {
  const client = () =>
    new EventBridgeClient({
      endpoint: engine.cloud.services.events.url,
      region: 'us-east-1',
      credentials: localCredentials,
    });
  const publish = async (tenant_id: string, id: string) => {
    const event = { ...anEvent({ tenant_id, id }), data: { score: 0.9 } };
    await publisher({ client: client(), busName: 'replies-engine-events-local' }).publish(event);
    return event;
  };

  it('reaches the company that it is of, and no other', async () => {
    const [ours, others] = [await aCompany('ours'), await aCompany('others')];
    await Promise.all([ours.configure({ events: ['insight.created'] }), others.configure()]);

    const { occurred_at } = await publish('ours', 'evt_insight-1');

    const [request] = (await ours.receiver.hears(1)) as [Received];
    expect(JSON.parse(request.body)).toEqual({
      type: 'insight.created',
      timestamp: occurred_at,
      data: { score: 0.9 },
    });
    expect(others.receiver.received).toEqual([]);
  });

  it('is not told to a company that is suspended', async () => {
    const { configure, receiver } = await aCompany('pauses');
    await configure();
    await engine.tenants.change('pauses', { status: 'suspended' });

    await publish('pauses', 'evt_insight-2');

    const lines = () => engine.lines.filter((line) => line.includes('evt_insight-2')).join('\n');
    await vi.waitFor(() => expect(lines()).toContain('suspended: the event is not sent'), {
      timeout: 10_000,
    });
    expect(receiver.received).toEqual([]);
  });
});

describe('the queue of deliveries', () => {
  it('has no dead letters after all this, and the logs no secret', async () => {
    expect(await messagesIn(engine, 'replies-engine-webhooks-dlq-local')).toBe(0);
    expect(await messagesIn(engine, 'replies-engine-events-to-webhooks-dlq-local')).toBe(0);
    expectSilentLogs(['whsec_', '/hooks', 'your webhook works'], 5);
  });
});

describe('a lead that is classified', () => {
  it('is told to the company’s webhook, signed, with the insight as it is read', async () => {
    const { configure, endpoint, key, receiver } = await aCompany('sells');
    await configure();

    const created = await call('/leads', {
      key,
      method: 'POST',
      body: { note: 'Need urgent pricing for 50 seats ASAP!' },
      headers: { 'idempotency-key': randomUUID() },
    });
    const { id } = (await created.json()) as Lead;
    const [{ headers, body }] = (await receiver.hears(1)) as [Received];

    const { signing_secret } = await endpoint();
    const insight = (await (await call(`/leads/${id}/insight`, { key })).json()) as Insight;
    const told = new Webhook(String(signing_secret)).verify(body, headers);
    expect(told).toEqual({
      type: 'insight.created',
      timestamp: insight.created_at,
      data: insight,
    });
    expect(headers['webhook-id']).toBe(`evt_${insight.id}`);
  });
});
