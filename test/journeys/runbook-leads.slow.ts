import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Lead } from '../../lambdas/leads/messages.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { type Drill, startDrill } from '../support/drill.ts';
import { startReceiver } from '../support/receiver.ts';

let drill: Drill;

beforeAll(async () => {
  drill = await startDrill();
});

afterAll(() => drill.stop());

/** What is counted is written at the end of an invocation. */
const soon = { timeout: 20_000, interval: 100 };

const { call, setFeature } = callsOf(() => drill.engine);

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

describe('Leads are not classified', () => {
  it('says why, and they are classified once the cause is fixed', async () => {
    const fix = drill.spoil('lead-triage', { LEADS_TABLE: 'nowhere' });
    onTestFinished(fix);
    const id = await aLead();
    const [line] = await drill.foundSoon('Leads are not classified', 'lead-triage', id);
    const pending = await insightOf(id);
    fix();

    await expect.poll(() => insightOf(id), { timeout: 30_000 }).toMatchObject({ intent: 'buy' });
    expect(line).toMatchObject({ tenant_id: 'demo', error_code: 'store' });
    expect(pending).toMatchObject({ type: expect.stringContaining('insight-pending') });
    await expect.poll(() => drill.values('TriageFailed'), soon).not.toEqual([]);
  });
});

describe('Leads are classified by the rules though a model is configured', () => {
  const heading = 'Leads are classified by the rules though a model is configured';

  it('says why, and one is classified again by the model once it answers', async () => {
    const { demoKey: key, openai } = drill.engine;
    await setFeature(key, 'lead-triage', { adapter: 'openai', model: 'gpt-5.6-luna' });
    openai?.faults.add({
      operation: 'responses.create',
      effect: { kind: 'respond', status: 400 },
      times: 100,
    });
    const id = await aLead();
    const [line] = await drill.foundSoon(heading, 'lead-triage', id);
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

    const lines = await drill.foundSoon(heading, 'webhook-deliver', id);
    await expect
      .poll(async () => (await call('/webhook-endpoint', { key })).json(), soon)
      .toMatchObject({ state: 'disabled' });
    const refused = await test();
    await set();
    const taken = await test();
    await receiver.hears(3);

    expect(lines[0]).toMatchObject({ tenant_id: 'untold', error_code: 'webhook_refused' });
    expect((await drill.foundSoon(heading, 'webhook-deliver', 'is gone'))[0]).toMatchObject({
      event_id: id,
    });
    expect([refused.status, taken.status]).toEqual([409, 202]);
  });
});
