import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Insight, Lead } from '../../lambdas/leads/contract.ts';
import type { EndpointView } from '../../lambdas/webhooks/contract.ts';
import { callsOf } from '../support/calls.ts';
import { startTestEngine, type TestEngine } from '../support/engine.ts';
import { type Received, startReceiver } from '../support/receiver.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});

afterAll(() => engine.stop());

const { call, setFeature } = callsOf(() => engine);

describe('a lead that is judged', () => {
  it('is told to the company’s webhook, signed, with the insight as it is read', async () => {
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const key = engine.demoKey;
    await setFeature(key, 'webhooks', { url: receiver.url });

    const created = await call('/leads', {
      key,
      method: 'POST',
      body: { note: 'Need urgent pricing for 50 seats ASAP!' },
      headers: { 'idempotency-key': randomUUID() },
    });
    const { id } = (await created.json()) as Lead;
    const [{ headers, body }] = (await receiver.hears(1)) as [Received];

    const endpoint = (await (await call('/webhook-endpoint', { key })).json()) as EndpointView;
    const insight = (await (await call(`/leads/${id}/insight`, { key })).json()) as Insight;
    const told = new Webhook(String(endpoint.signing_secret)).verify(body, headers);
    expect(told).toEqual({
      type: 'insight.created',
      timestamp: insight.created_at,
      data: insight,
    });
    expect(headers['webhook-id']).toBe(`evt_${insight.id}`);
  });
});
