import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { configurationStore } from '../../../lambdas/administration/stores/configuration-store.ts';
import { runStore } from '../../../lambdas/email-deadlines/stores/run-store.ts';
import { type Engine, startEngine } from '../../../local/engine.ts';
import { hasFailed } from '../../../local/invoke/report.ts';
import { readLocalSettings } from '../../../local/settings.ts';
import { conversationItems } from '../../support/engine.ts';
import { type Received, startReceiver } from '../../support/receiver.ts';
import { payloadsOf, reading } from './payloads.ts';

const customer = 'whatsapp:+4915112345678';

let engine: Engine;

/** As `npm run invoke` makes its own cloud, but with a quick model. */
beforeAll(async () => {
  engine = await startEngine({
    settings: { ...readLocalSettings({}), port: 0 },
    keep: false,
    polls: false,
    sink: () => undefined,
    openai: { runMs: () => 50 },
    twilio: { deliveryMs: 5 },
  });
});

afterAll(() => engine.stop());

const { resultOf, answered, messagesOf, tableOf } = payloadsOf(() => engine);

const tampered = (event: object) => ({
  ...event,
  body: Buffer.from(`${Buffer.from((event as { body: string }).body, 'base64')}&More=1`).toString(
    'base64',
  ),
});

const ofAnotherCustomer = (event: object): object =>
  JSON.parse(
    JSON.stringify(event)
      .replaceAll('SM5f1c0de', 'SM7777777')
      .replaceAll('example-conversation', 'another-conversation'),
  );

describe('receive', () => {
  it('takes its payload, which Twilio’s library has signed, and enqueues the message', async () => {
    const answer = await answered('receive');

    expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'text/xml' } });
    expect(await messagesOf('replies-engine-whatsapp-replies-local.fifo')).toContainEqual(
      expect.objectContaining({
        company_id: 'demo',
        twilio_message: expect.objectContaining({ From: customer, Body: 'Where is my order?' }),
      }),
    );
  });

  it('refuses the same with one field more', async () => {
    expect((await answered('receive', tampered)).statusCode).toBe(403);
  });
});

describe('reply-processor', () => {
  it('answers its message once, also when it comes again', async () => {
    const first = await resultOf('reply-processor');
    const again = await resultOf('reply-processor');

    expect([first.result, again.result]).toEqual([
      { batchItemFailures: [] },
      { batchItemFailures: [] },
    ]);
    expect(engine.twilio?.sentTo(customer)).toEqual([
      expect.objectContaining({ from: 'whatsapp:+14155238886', body: expect.stringMatching(/\S/) }),
    ]);
  });

  it('reports a message that it cannot answer for now', async () => {
    const effect = { kind: 'respond', status: 503 } as const;
    engine.openai?.faults.add({ operation: 'conversations.create', effect, times: 10 });

    const { result, invocation } = await resultOf('reply-processor', ofAnotherCustomer);
    engine.openai?.faults.clear();

    expect(result).toEqual({
      batchItemFailures: [{ itemIdentifier: '059f36b4-87a3-44ab-83d2-661975830a7d' }],
    });
    expect(hasFailed(invocation)).toBe(true);
  });
});

describe('status', () => {
  it('notes what became of the message that its payload names', async () => {
    expect((await answered('status')).statusCode).toBe(204);

    const items = await conversationItems(engine, 'example-conversation');
    expect(items).toContainEqual(
      expect.objectContaining({
        status: 'delivered',
        message_sid: 'SM5f1c0de0000000000000000000000002',
      }),
    );
  });

  it('refuses the same with one field more', async () => {
    expect((await answered('status', tampered)).statusCode).toBe(403);
  });
});

describe('authorizer', () => {
  it('knows the public client of its payload', async () => {
    const { result } = await resultOf('authorizer');

    expect(result).toEqual({
      isAuthorized: true,
      context: expect.objectContaining({
        outcome: 'known',
        tenant_id: 'demo',
        role: 'Visitor',
        principal: 'visitor:InvokeEvents',
      }),
    });
  });
});

describe('email-trigger', () => {
  it('starts a run and puts it into the queue of runs', async () => {
    const { statusCode, body } = await answered('email-trigger');

    const run = JSON.parse(body);
    expect(statusCode).toBe(202);
    expect(run).toMatchObject({ state: 'pending', test_mode: true, send: 'asap' });
    expect(await messagesOf('replies-engine-email-runs-local')).toContainEqual(
      expect.objectContaining({ kind: 'start', run_id: run.run_id }),
    );
  });
});

describe('start and answer', () => {
  const key = { tenant_id: 'demo', run_id: 'example-run' };
  const runs = () => runStore(tableOf('EmailRunsTable'));

  it('fetch the emails of the run, and answer all that are ready', async () => {
    const started = await resultOf('email-start');
    const begun = await runs().find(key);
    const answer = await resultOf('email-deadline');

    expect([started.result, answer.result]).toEqual([
      { batchItemFailures: [] },
      { batchItemFailures: [] },
    ]);
    expect(begun).toMatchObject({ state: 'running', fetched: 20, sent: 0 });
    expect(await runs().find(key)).toMatchObject({ state: 'completed', sent: 20, failed: 0 });
  });
});

describe('administration-api and conversations-api', () => {
  it('set the feature, and keep it', async () => {
    const { statusCode } = await answered('administration-api');

    const kept = await configurationStore(tableOf('TenantsTable')).find('demo', 'assistant');
    expect(statusCode).toBe(201);
    expect(kept?.feature_value).toEqual({ instructions: 'You answer for a shop. Be brief.' });
  });

  it('tell what the demo company has used', async () => {
    const { statusCode, body } = await answered(
      'administration-api',
      reading('/usage', 'from=2026-11-01&to=2026-11-30'),
    );

    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      tenant_id: 'demo',
      from: '2026-11-01',
      to: '2026-11-30',
    });
  });

  it('find the macros of the demo company', async () => {
    const { statusCode, body } = await answered('conversations-api');

    expect([statusCode, JSON.parse(body)]).toEqual([
      200,
      { success: true, data: [], next_cursor: null },
    ]);
  });

  it('describe the API', async () => {
    const { statusCode, body } = await answered('administration-api', reading('/openapi.json'));

    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      openapi: '3.1.0',
      paths: expect.objectContaining({ '/webhooks/twilio/whatsapp': expect.anything() }),
    });
  });
});

describe('leads-api and lead-triage', () => {
  it('take the lead in once, and have it classified', async () => {
    const first = await answered('leads-api');
    const again = await answered('leads-api');

    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(await messagesOf('replies-engine-leads-local')).toContainEqual(
      expect.objectContaining({ kind: 'triage', lead: JSON.parse(first.body) }),
    );
  });

  it('classify the lead of the payload, and tell of it', async () => {
    const { result } = await resultOf('lead-triage');
    const { body } = await answered('leads-api', reading('/leads', 'priority=P0'));

    expect(result).toEqual({ batchItemFailures: [] });
    expect(JSON.parse(body).leads).toEqual([
      expect.objectContaining({
        note: 'Need urgent pricing for 50 seats ASAP!',
        insight: expect.objectContaining({ intent: 'buy', priority: 'P0', next_action: 'call' }),
      }),
    ]);
  });
});

describe('webhook-deliver and webhook-endpoint', () => {
  it('tell the company’s receiver, signed, and say where it is', async () => {
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const value = { url: receiver.url };
    const by = { by: 'a test', expected: undefined, value };
    await configurationStore(tableOf('TenantsTable')).set('demo', 'webhooks', by);

    const { result } = await resultOf('webhook-deliver');
    const { body } = await answered('webhook-endpoint');

    const [request] = (await receiver.hears(1)) as [Received];
    const { signing_secret, ...shown } = JSON.parse(body);
    expect(result).toEqual({ batchItemFailures: [] });
    expect(new Webhook(signing_secret).verify(request.body, request.headers)).toMatchObject({
      type: 'webhook.test',
    });
    expect(shown).toMatchObject({ url: receiver.url, state: 'active' });
  });
});
