import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AttributeValue, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { limits } from '../../lambdas/email-deadlines/limits.ts';
import type { EmailRunStatus } from '../../lambdas/email-deadlines/routes.ts';
import type { Insight, Lead } from '../../lambdas/leads/messages.ts';
import { chances } from '../../local/simulators/mailbox/fault-injection.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { type Drill, startDrill } from '../support/drill.ts';
import { aCustomer, messagesIn } from '../support/engine.ts';
import { anEvent } from '../support/events.ts';
import { startReceiver } from '../support/receiver.ts';
import { entryOf, searchesOf } from '../support/runbook.ts';

let drill: Drill;
let run: EmailRunStatus;
let lead: Lead;
let key: string;

const { call, setFeature } = callsOf(() => drill.engine);
const soon = { timeout: 90_000, interval: 100 };
const nowhere = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };

// What takes some tries continues while the other entries are followed.
beforeAll(async () => {
  drill = await startDrill();
  key = (await aKey(drill.engine, 'demo')).text;
  const headers = { 'idempotency-key': 'drill' };
  const body = { note: 'Need urgent pricing for 50 seats ASAP!' };
  lead = (await (await call('/leads', { key, method: 'POST', body, headers })).json()) as Lead;
  drill.engine.mailbox?.next({
    emails: [{ email_id: 'only', body: 'Where is my order?', deadline: 60 }],
    faults: { unavailable: 1 },
  });
  run = (await (
    await call('/trigger?test=true', { key, method: 'POST' })
  ).json()) as EmailRunStatus;
});

afterAll(() => drill.stop());

const dead = (queue: string) => messagesIn(drill.engine, `replies-engine-${queue}-dlq-local`);
const list = () => drill.follows('Dead letters', 'dlq list');

/** Follows the entry until the queue is empty again: what is dead, and what becomes of it. */
async function redriven(queue: string): Promise<string> {
  await vi.waitFor(async () => expect(await dead(queue)).toBeGreaterThan(0), soon);
  const named = { $QUEUE: queue };
  const shown = await drill.follows('Dead letters', 'dlq show', named);
  const sent = await drill.follows('Dead letters', 'dlq redrive', named);
  expect(sent).toContain(`sent back to ${queue}`);
  return shown;
}

describe('"Function fails"', () => {
  it('is found where a variable is missing, and over once it is there', async () => {
    const fix = drill.spoil('administration-api', { TENANTS_TABLE: undefined });
    const spoilt = await call('/usage', { key });

    const found = drill.found('Function fails', 'administration-api');
    fix();

    expect(spoilt.status).toBe(500);
    expect(found.join()).toMatch(
      /Invoke Error.*environment is incomplete: TENANTS_TABLE is missing/,
    );
    expect((await call('/usage', { key })).status).toBe(200);
  });

  it('is found where the authorizer fails, with the code of its cause', async () => {
    const { text } = await aKey(drill.engine, 'demo');
    const fix = drill.spoil('authorizer', nowhere);
    const spoilt = await call('/usage', { key: text });

    const found = drill.found('Function fails', 'authorizer');
    fix();

    expect(spoilt.status).toBe(500);
    expect(found.join()).toMatch(/"message":"The authorizer failed\.".*"error_code":"store"/);
    expect((await call('/usage', { key: text })).status).toBe(200);
  });

  it('is found where a secret is of no use, by the name of the secret', async () => {
    drill.fillTwilio('');
    drill.spoil('receive', {});
    const customer = aCustomer(drill.engine, '+15557780002');
    const refused = await customer.writes('Hello?');

    const found = drill.found('Function fails', 'receive');
    drill.fillTwilio();
    const taken = await customer.writes('Hello again');

    expect([refused.status, taken.status]).toEqual([503, 200]);
    expect(found.join()).toMatch(/secret_malformed.*whatsapp-credentials\/twilio/);
  });
});

describe('"API fails"', () => {
  it('leads from the route to the log of its function, which names the cause', async () => {
    const fix = drill.spoil('receive', nowhere);
    const customer = aCustomer(drill.engine, '+15557780001');
    const refused = await customer.writes('Hello?');

    const [, phrase = ''] = /`replies logs receive '(.+?)'`/.exec(entryOf('API fails')) ?? [];
    const lines = drill.linesOf('receive').filter((line) => line.includes(JSON.parse(phrase)));
    fix();
    const taken = await customer.writes('Hello again');

    expect([refused.status, taken.status]).toEqual([503, 200]);
    expect(drill.entry(lines.at(-1))).toMatchObject({ level: 'ERROR', error_code: 'store' });
    expect(searchesOf('API fails')).toEqual([{ log: 'api', pattern: '{ $.status = "5*" }' }]);
    expect(await customer.hears(1)).toHaveLength(1);
  });
});

describe('"Dead letters"', () => {
  it('of webhooks are events, which reach the company once it is there again', async () => {
    const event = anEvent({ id: 'evt_drill001', tenant_id: 'returning' });
    await drill.put('webhooks-local', { version: '0', source: 'replies-engine', detail: event });
    await vi.waitFor(async () => expect(await dead('webhooks')).toBe(1), soon);
    const receiver = await aReceiver('returning');
    // It remembers for half a minute that there was no such company.
    drill.spoil('webhook-deliver', {});

    const shown = await redriven('webhooks');

    expect(shown).toContain('tenant_unknown: returning is not on this deployment.');
    expect((await receiver.hears(1))[0]?.headers['webhook-id']).toBe('evt_drill001');
  });

  it('of events-to-webhooks are what the bus could not hand on, and are told after all', async () => {
    const event = anEvent({ id: 'evt_drill002', tenant_id: 'forbidden' });
    const detail = { version: '0', source: 'replies-engine', detail: event };
    const receiver = await aReceiver('forbidden');
    await drill.put('events-to-webhooks-dlq-local', detail, {
      ERROR_CODE: 'NO_PERMISSIONS',
      ERROR_MESSAGE: 'The policy of the queue does not allow it.',
    });

    const shown = await redriven('events-to-webhooks');

    expect(shown).toContain('NO_PERMISSIONS: The policy of the queue');
    expect((await receiver.hears(1))[0]?.headers['webhook-id']).toBe('evt_drill002');
  });

  it('of email-runs begin a run that never began', async () => {
    await drill.put('email-runs-dlq-local', { kind: 'start', tenant_id: 'demo', run_id: 'gone' });

    const shown = await redriven('email-runs');

    expect(shown).toContain('demo: run gone, to start');
    await vi.waitFor(
      () => expect(drill.linesOf('email-start').join()).toContain('The run no longer exists.'),
      soon,
    );
  });

  it('of leads are classified once the store answers', async () => {
    // A store that is away is borne for a quarter of an hour.
    const again = { kind: 'again', tenant_id: 'demo', lead_id: lead.id, request_id: randomUUID() };
    await drill.put('leads-dlq-local', again, { reason_code: 'store', reason: 'It is away.' });
    const shown = await redriven('leads');

    expect(shown).toContain(lead.id);
    expect(shown).toMatch(/\n +reason +store: It is away\./);
    const insight = async () =>
      (await (await call(`/leads/${lead.id}/insight`, { key })).json()) as Insight;
    await vi.waitFor(async () => expect((await insight()).version).toBe(2), soon);
  });

  it('of emails-ready are emails, which are sent once the mailbox takes them', async () => {
    await bearsOneMoreOutage(run.run_id);
    await vi.waitFor(async () => expect(await dead('emails-ready')).toBe(1), soon);
    const { box } = drill.engine.mailbox?.runs().at(-1) ?? {};
    box?.setChances(chances.parse({}));
    const shown = await redriven('emails-ready');

    expect(shown).toContain('mailbox_unavailable: The mailbox did not accept the reply');
    const counts = async () =>
      ((await (await call(`/status/${run.run_id}`, { key })).json()) as EmailRunStatus).counts;
    await vi.waitFor(
      async () => expect(await counts()).toMatchObject({ sent: 1, failed: 0 }),
      soon,
    );
  });

  it('that are malformed come back, and are discarded into a copy', async () => {
    await drill.put('leads-local', { note: 'not a lead' });
    await redriven('leads');
    await vi.waitFor(async () => expect(await dead('leads')).toBe(1), soon);

    const file = drill.file('copy.jsonl');
    const shown = await drill.run('replies dlq show leads');
    const [, id] = /^(\S+) {2}no tenant/m.exec(shown) ?? [];
    const gone = await drill.run(`replies dlq discard leads --id ${id} --yes --file ${file}`);

    expect(gone).toContain('1 deleted');
    expect(readFileSync(file, 'utf8')).toContain('malformed_message');
    expect(await list()).toMatch(/leads +no dead letters/);
  });
});

/** As it is after seven minutes of a mailbox that is away. */
async function bearsOneMoreOutage(runId: string): Promise<void> {
  const { client } = drill.engine.cloud.services.tables;
  const table = { TableName: 'replies-engine-email-runs-local' };
  const isEmail = (item: Record<string, AttributeValue>) =>
    item['run_id']?.S === runId && item['attempts'] !== undefined;
  const { pk, sk } = await vi.waitFor(async () => {
    const { Items: items = [] } = await client.send(new ScanCommand(table));
    const { pk, sk } = items.find(isEmail) ?? {};
    if (!pk || !sk) throw new Error('Expected the run to have an email, got none.');
    return { pk, sk };
  }, soon);
  await client.send(
    new UpdateItemCommand({
      ...table,
      Key: { pk, sk },
      UpdateExpression: 'SET outages = :many',
      ExpressionAttributeValues: { ':many': { N: String(limits.outageAttempts - 1) } },
    }),
  );
}

async function aReceiver(company: string) {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  await drill.engine.tenants.create(company, company);
  const { text } = await aKey(drill.engine, company);
  await setFeature(text, 'webhooks', { url: receiver.url });
  return receiver;
}
