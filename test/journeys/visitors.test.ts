import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allRoutes } from '../../lambdas/administration/openapi.ts';
import type { ApiRoute } from '../../lambdas/tenancy/route.ts';
import { roles } from '../../lambdas/tenancy/scopes.ts';
import { visitorToken } from '../../lambdas/tenancy/visitor-token.ts';
import { aKey } from '../support/credentials.ts';
import { documented } from '../support/documented.ts';
import { startTestEngine, type TestEngine } from '../support/engine.ts';

const key = 'the-key-of-visitors-in-this-test-of-the-whole-product';
const shop = 'https://shop.example';
const png = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
  Buffer.alloc(40, 1),
]);

let engine: TestEngine;
let streamingUrl = '';
const page: Record<string, string> = {};

interface Opened {
  conversation_id: string;
  participant_id: string;
  token: string;
  last_sequence: number;
  config: Record<string, unknown>;
}

beforeAll(async () => {
  engine = await startTestEngine();
  engine.cloud.services.secrets.fill('replies-engine/local/visitor-token-key', key);
  await engine.tenants.create('other', 'Other company');
  for (const tenant of ['demo', 'other']) {
    const { text } = await aKey(engine, tenant);
    await ask('POST', '/tenant-configuration/webchat', text, {
      feature_value: { allowed_origins: [shop] },
    });
    page[tenant] = (await aKey(engine, tenant, { client: true })).text;
  }
  streamingUrl = String((await begin()).config['streaming_url']);
});

afterAll(() => engine.stop());

async function ask(method: string, path: string, credential: string, body?: object) {
  const base = path.startsWith('/streaming') ? streamingUrl : engine.cloud.url;
  const response = await fetch(base + path, {
    method,
    headers: {
      origin: shop,
      authorization: `Bearer ${credential}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return documented(method, path, response);
}

const dataOf = async <T>(response: Response) => ((await response.json()) as { data: T }).data;

const begin = async (tenant = 'demo') =>
  dataOf<Opened>(await ask('POST', '/conversations/initiate', page[tenant] ?? '', {}));

const messagesOf = async ({ conversation_id, token }: Opened) => {
  const path = `/conversations/${conversation_id}/messages`;
  const { messages } = await dataOf<{ messages: { role: string; text: string }[] }>(
    await ask('GET', path, token),
  );
  return messages;
};

describe('a visitor', () => {
  it('writes, is answered, and reads it after a reload', async () => {
    const chat = await begin();
    const { conversation_id, token } = chat;
    const body = { conversation_id, message: 'Where is my order?', client_id: randomUUID() };

    const taken = await ask('POST', '/visitor/v1/webchat/message', token, body);
    await vi.waitFor(
      async () => {
        const messages = await messagesOf(chat);
        expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
      },
      { timeout: 20_000, interval: 100 },
    );
    const again = await ask('POST', '/conversations/resume', page['demo'] ?? '', { token });

    expect(taken.status).toBe(202);
    expect(await dataOf<Opened>(again)).toMatchObject({ conversation_id, last_sequence: 2 });
  });

  it('may wait for the answer', async () => {
    const { conversation_id, token } = await begin();
    const body = { conversation_id, message: 'Hello?', client_id: randomUUID() };

    const response = await ask('POST', '/conversations/actions', token, body);

    expect(response.status).toBe(200);
    expect(await dataOf(response)).toMatchObject({
      response: expect.stringMatching(/\S/),
      status: 'complete',
      outcome: 'answered',
      sequence: 2,
    });
  });

  it('sends a picture, which he and the model see', async () => {
    const chat = await begin();
    const { conversation_id, token } = chat;
    const files = `/conversations/${conversation_id}/files`;
    const file = { filename: 'shoe.png', mime_type: 'image/png', size: png.length };
    const { file_id, upload } = await dataOf<{
      file_id: string;
      upload: { url: string; fields: Record<string, string> };
    }>(await ask('POST', files, token, file));
    const form = new FormData();
    for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
    form.append('file', new Blob([new Uint8Array(png)]));

    const posted = await fetch(upload.url, { method: 'POST', body: form });
    const completed = await ask('POST', `${files}/${file_id}/complete`, token);
    const body = { conversation_id, message: 'Do you have this?', file_ids: [file_id] };
    const acted = await ask('POST', '/conversations/actions', token, body);
    const { url } = await dataOf<{ url: string }>(await ask('GET', `${files}/${file_id}`, token));
    const content = await fetch(url);

    expect([posted.status, completed.status, acted.status]).toEqual([204, 200, 200]);
    expect((await messagesOf(chat))[0]).toMatchObject({ files: [{ file_id, ...file }] });
    expect(Buffer.from(await content.arrayBuffer())).toEqual(png);
  });
});

const guarded = allRoutes.filter(({ access }) => access !== 'open' && access !== 'signed');
const isHis = ({ access }: ApiRoute) => roles.Participant.some((scope) => scope === access);
const nameOf = ({ method, path }: ApiRoute) => `${method} ${path}`;

/** Whatever a route of the product is asked for, of the conversation of another visitor. */
async function askOf(route: ApiRoute, { conversation_id }: Opened, credential: string) {
  const path = route.path
    .replace('{conversation_id}', conversation_id)
    .replace(/\{\w+\}/, randomUUID());
  const bodies: Record<string, object> = {
    sendVisitorMessage: { conversation_id, message: 'Hi' },
    sendConversationAction: { conversation_id, message: 'Hi' },
    streamConversationAction: { conversation_id, message: 'Hi' },
    resumeConversation: { conversation_id },
    beginFile: { filename: 'a.png', mime_type: 'image/png', size: 10 },
    giveConversationFeedback: { rating: 'up' },
  };
  const isEmpty = route.method === 'GET' || route.method === 'DELETE';
  return ask(
    route.method,
    path,
    credential,
    isEmpty ? undefined : (bodies[route.operationId] ?? {}),
  );
}

describe('a token of a visitor', () => {
  const now = Date.now();
  const mine = { tenant_id: 'demo', participant_id: 'anon_me' };
  it.each([
    ['that has ended', visitorToken(mine, key, now - 3_700_000).token],
    ['of another key', visitorToken(mine, 'another key that is long enough to be one', now).token],
    ['of an unknown company', visitorToken({ ...mine, tenant_id: 'nobody' }, key, now).token],
    ['without a signature', visitorToken(mine, key, now).token.replace(/\.[^.]*$/, '.')],
    ['without an algorithm', 're_vis_eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.AAAA'],
  ])('%s opens nothing', async (_, token) => {
    const chat = await begin();

    for (const route of guarded.filter(isHis)) {
      const response = await askOf(route, chat, token);
      expect([nameOf(route), response.status]).toEqual([nameOf(route), 401]);
    }
  });

  it('opens no route of the company’s people and programs', async () => {
    const chat = await begin();

    for (const route of guarded.filter((one) => !isHis(one))) {
      const response = await askOf(route, chat, chat.token);
      expect([nameOf(route), response.status]).toEqual([nameOf(route), 403]);
    }
  });

  it.each(['demo', 'other'])(
    'has nothing of another visitor’s conversation, whose id was guessed: one of %s',
    async (tenant) => {
      const chat = await begin();
      const { token } = await begin(tenant);
      const routes = guarded.filter(isHis);
      const ofNone = { ...chat, conversation_id: `conv_${randomUUID()}` };

      for (const route of routes) {
        if (!route.path.includes('{') && !/message|actions|resume/.test(route.path)) continue;
        const guessed = await askOf(route, chat, token);
        const missing = await askOf(route, ofNone, token);
        expect([nameOf(route), guessed.status]).toEqual([nameOf(route), 404]);
        expect(await guessed.text()).toBe(await missing.text());
      }
      expect(await messagesOf(chat)).toEqual([]);
    },
  );

  it('of a suspended company says so', async () => {
    await engine.tenants.create('closed', 'Closed company');
    await engine.tenants.change('closed', { status: 'suspended' });
    const { token } = visitorToken({ ...mine, tenant_id: 'closed' }, key, now);

    const response = await ask('GET', '/conversations/info', token);

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      type: 'urn:replies-engine:error:tenant-suspended',
    });
  });

  it('is in no log', async () => {
    const { token } = await begin();
    const [, , signature = ''] = token.split('.');

    expect(engine.lines.filter((line) => line.includes(signature))).toEqual([]);
    expect(engine.lines.filter((line) => line.includes(key))).toEqual([]);
  });
});
