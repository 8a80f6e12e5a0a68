import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../bin/doctor/deployment.ts';
import {
  issuerCheck,
  modelCheck,
  shutdownCheck,
  twilioCheck,
} from '../../../bin/doctor/vendors.ts';
import { connectionOverrides } from '../../../lambdas/vendors/twilio/connection-overrides.ts';

const ours = 'https://api.example.com/webhooks/twilio/whatsapp';
const number = 'whatsapp:+4930123456';

let server: Server;
let url: string;
let answers: Record<string, { status?: number; body: unknown }>;
let asked: { path: string; authorization: string | undefined }[];

beforeEach(async () => {
  answers = {};
  asked = [];
  server = createServer((request, response) => {
    asked.push({ path: String(request.url), authorization: request.headers.authorization });
    const { status = 200, body } = answers[String(request.url)] ?? { status: 404, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => server.close());

const deployed = (more: Partial<Deployment> = {}): Deployment => ({
  target: { stage: 'dev', prefix: 'acme' },
  stack: async () => ({
    status: 'CREATE_COMPLETE',
    outputs: { WhatsAppWebhookUrl: ours },
  }),
  variables: async () => ({ TWILIO_BASE_URL: url, OPENAI_BASE_URL: `${url}/v1` }),
  secret: async (name) =>
    name.includes('twilio')
      ? JSON.stringify({ twilio_account_sid: `AC${'1'.repeat(32)}`, twilio_auth_token: 'hush' })
      : 'sk-hush',
  ...more,
});

const { signal } = new AbortController();
const channelOf = (one: string) => ({ number: one, company_id: 'acme', project_id: 'shop' });
const firstPage = '/v2/Channels/Senders?Channel=whatsapp&PageSize=100';

const senders = (...list: unknown[]) => ({
  body: { senders: list, meta: { next_page_url: null } },
});
const sender = (webhook: unknown, status = 'ONLINE') => ({ sender_id: number, status, webhook });

const complete = {
  callback_url: `${ours}${connectionOverrides}`,
  callback_method: 'POST',
  fallback_url: ours,
  fallback_method: 'POST',
};

const twilio = (numbers = [number]) =>
  twilioCheck(deployed(), async () => numbers.map(channelOf)).look(signal);

describe('the check of Twilio', () => {
  it.each([
    [sender(complete), 'ok', 'sends to https://api'],
    [sender({ ...complete, fallback_url: null }), 'warn', 'has no fallback URL here'],
    [sender({ ...complete, fallback_url: 'https://old.example.com/x' }), 'warn', 'no fallback URL'],
    [sender({ ...complete, fallback_method: 'GET' }), 'warn', 'is called by GET'],
    [sender({ ...complete, callback_url: ours }), 'warn', 'only once: paste https://api'],
    [sender({ callback_url: 'https://old.example.com/x' }), 'FIX', 'sends to https://old'],
    [sender({ callback_url: ours, callback_method: 'GET' }), 'FIX', 'sends by GET'],
    [sender(null), 'FIX', 'has no webhook: paste https://api'],
    [sender({ callback_url: ours }, 'OFFLINE'), 'warn', 'is OFFLINE at Twilio'],
    [{ sender_id: 'whatsapp:+1000000', webhook: null }, 'FIX', 'has no sender whatsapp:+4930'],
  ])('judges %j', async (one, status, text) => {
    answers[firstPage] = senders(one);

    const [report] = await twilio();

    expect(report).toMatchObject({ status, text: expect.stringContaining(text) });
  });

  it('reads every page, and sends the credentials nowhere else', async () => {
    const next = '/v2/Channels/Senders?Channel=whatsapp&PageToken=2';
    answers[firstPage] = {
      body: { senders: [], meta: { next_page_url: `https://elsewhere.example${next}` } },
    };
    answers[next] = senders(sender(complete));

    const [report] = await twilio();

    expect(report?.status).toBe('ok');
    expect(asked.map(({ path }) => path)).toEqual([firstPage, next]);
  });

  it('says of the sandbox that it must be compared by hand', async () => {
    answers[firstPage] = senders();

    const [report] = await twilio(['whatsapp:+14155238886']);

    expect(report).toMatchObject({ status: 'warn', text: expect.stringContaining('sandbox') });
  });

  it.each([
    [401, 'FIX', 'refuses the credentials'],
    [503, 'warn', '503'],
    [404, 'FIX', 'answers 404 where messages are listed'],
  ])('tells a refusal from an outage (%i)', async (code, status, text) => {
    answers[firstPage] = { status: code, body: {} };

    const [report] = await twilio();

    expect(report).toMatchObject({ status, text: expect.stringContaining(text) });
    expect(report?.text).not.toContain('hush');
  });
});

describe('the check of a Twilio that has no list of senders, such as the simulated one', () => {
  const list = `/2010-04-01/Accounts/AC${'1'.repeat(32)}/Messages.json?PageSize=1`;

  it.each([
    [200, 'ok', 'takes the credentials'],
    [401, 'FIX', 'answers 401'],
  ])('asks for messages instead (%i)', async (code, status, text) => {
    answers[list] = { status: code, body: {} };

    const [report] = await twilio();

    expect(report).toMatchObject({ status, text: expect.stringContaining(text) });
    expect(asked.at(-1)).toMatchObject({ authorization: expect.stringMatching(/^Basic /) });
  });
});

describe('the check of the model', () => {
  const look = (deployment = deployed()) =>
    modelCheck(deployment, async () => ['gpt-x']).look(signal);

  it.each([
    [200, 'ok'],
    [401, 'FIX'],
    [404, 'warn'],
    [500, 'warn'],
  ])('judges an answer of %i by a server of one’s own', async (status, expected) => {
    answers['/v1/models/gpt-x'] = { status, body: {} };

    const [report] = await look();

    expect(report?.status).toBe(expected);
    expect(report?.text).not.toContain('hush');
    expect(asked[0]?.authorization).toBe('Bearer sk-hush');
  });

  it('is skipped while the secret is empty', async () => {
    const [report] = await look(deployed({ secret: async () => undefined }));

    expect(report?.status).toBe('skip');
    expect(asked).toEqual([]);
  });
});

describe('the check for the end of models', () => {
  it.each([
    ['gpt-5-2025-08-07', 'warn', 'ends on 2026-12-11, in 20 days'],
    ['gpt-4', 'FIX', 'has ended on 2026-10-23'],
    ['gpt-5.6-luna', 'ok', 'no shutdown is announced'],
  ])('knows of %s', async (model, status, text) => {
    const now = () => Date.UTC(2026, 10, 21, 10);

    const [report] = await shutdownCheck(async () => [model], now).look(signal);

    expect(report).toMatchObject({ status, text: expect.stringContaining(text) });
  });
});

describe('the check of the identity provider', () => {
  const look = (issuer: string | undefined) =>
    issuerCheck(
      deployed({ variables: async () => ({ ...(issuer && { OIDC_ISSUER: issuer }) }) }),
    ).look(signal);

  it('finds its keys', async () => {
    answers['/.well-known/openid-configuration'] = { body: { jwks_uri: `${url}/keys` } };
    answers['/keys'] = { body: { keys: [{ kid: '1' }] } };

    expect(await look(`${url}/`)).toMatchObject([{ status: 'ok' }]);
  });

  it('says where it has none', async () => {
    answers['/.well-known/openid-configuration'] = { body: { jwks_uri: `${url}/keys` } };
    answers['/keys'] = { body: { keys: [] } };

    expect(await look(url)).toMatchObject([{ status: 'FIX' }]);
  });

  it('says what it answered', async () => {
    await expect(look(url)).rejects.toThrow('answered 404: tokens are refused');
  });

  it('is skipped where none is set', async () => {
    expect(await look(undefined)).toMatchObject([{ status: 'skip' }]);
  });
});
