import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Insight, Lead } from '../../lambdas/leads/messages.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { type Drill, startDrill } from '../support/drill.ts';

let drill: Drill;

beforeAll(async () => {
  drill = await startDrill();
});

afterAll(() => drill.stop());

const { call, setFeature } = callsOf(() => drill.engine);
const heading = 'Leads are classified by the rules though a model is configured';
const soon = { timeout: 20_000, interval: 100 };

async function aLead(key: string): Promise<string> {
  const response = await call('/leads', {
    key,
    method: 'POST',
    body: { note: 'What is the pricing for 50 seats?' },
    headers: { 'idempotency-key': randomUUID() },
  });
  return ((await response.json()) as Lead).id;
}

async function insightOf(key: string, id: string): Promise<Insight> {
  const path = `/leads/${id}/insight`;
  await expect.poll(async () => (await call(path, { key })).status, soon).toBe(200);
  return (await (await call(path, { key })).json()) as Insight;
}

describe('a flood of leads', () => {
  it('is classified by a model as far as the operator allows it; the runbook leads to more', async () => {
    await drill.run('replies tenants create flooded --model-calls-per-day 1');
    const { text: key } = await aKey(drill.engine, 'flooded');
    const { text: visitor } = await aKey(drill.engine, 'flooded', { client: true });
    await setFeature(key, 'lead-triage', { adapter: 'openai' });
    const paid = await insightOf(key, await aLead(visitor));
    const id = await aLead(visitor);
    const unpaid = await insightOf(key, id);
    const found = () =>
      drill.found(heading, 'lead-triage').filter((line) => line.includes('"flooded"'));
    await expect.poll(found, soon).toHaveLength(1);
    await expect.poll(() => drill.values('TriageFallback'), soon).toEqual([1]);
    const usage = await (await call('/usage', { key })).json();
    const listed = await drill.follows(heading, 'tenants list');

    await drill.run('replies tenants change flooded --model-calls-per-day 90000');

    expect([paid.adapter, paid.fallback_reason]).toEqual(['openai', null]);
    expect([unpaid.adapter, unpaid.fallback_reason]).toEqual(['rules', 'model_budget']);
    expect(drill.entry(found()[0])).toMatchObject({
      level: 'WARN',
      error_code: 'model_budget',
      calls_per_day: 1,
    });
    expect(usage).toMatchObject({ total: { leads: 2, lead_model_calls: 1 } });
    expect(listed).toMatch(/flooded +active +50\/s, burst 500; leads by a model 1\/day, burst 1 /);
    const reclassified = async () => {
      await call(`/leads/${id}/insight`, { key, method: 'POST', body: { adapter: 'openai' } });
      return (await insightOf(key, id)).adapter;
    };
    await expect.poll(reclassified, { timeout: 80_000, interval: 2_000 }).toBe('openai');
  }, 120_000);
});
