import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allRoutes } from '../../lambdas/administration/openapi.ts';
import { resources } from '../../lambdas/conversations/routes.ts';
import type { ApiRoute } from '../../lambdas/tenancy/route.ts';
import type { Scope } from '../../lambdas/tenancy/scopes.ts';
import { aKeyWithout, everyKindOfCredential } from '../support/credentials.ts';
import { documented } from '../support/documented.ts';
import { startTestEngine, type TestEngine } from '../support/engine.ts';
import { startReceiver } from '../support/receiver.ts';
import { aConversationOf, aFileOf, bodiesIn, ofConversations } from '../support/routes.ts';

let engine: TestEngine;
let credentials: Awaited<ReturnType<typeof everyKindOfCredential>>;
/** Of the demo company; the resource that was made last. */
let [runId, leadId, sessionId, conversationId, resourceId, fileId] = ['', '', '', '', '', ''];
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  engine = await startTestEngine();
  credentials = await everyKindOfCredential(engine, 'demo');
  const started = await send(routeOf('startEmailRun'), credentials.right);
  runId = ((await started.json()) as { run_id: string }).run_id;
  const made = await send(routeOf('createLead'), credentials.right);
  leadId = ((await made.json()) as { id: string }).id;
  const begun = await send(routeOf('createSession'), credentials.right);
  sessionId = ((await begun.json()) as { data: { session_id: string } }).data.session_id;
  conversationId = await aConversationOf(engine, 'demo');
  fileId = await aFileOf(engine, conversationId, credentials.right);
  await vi.waitFor(async () => {
    const insight = await send(routeOf('getInsight'), credentials.right);
    expect(insight.status).toBe(200);
  }, 10_000);
  receiver = await startReceiver();
  const body = { feature_value: { url: receiver.url } };
  await send(routeOf('setConfiguration'), credentials.right, 'webhooks', body);
});

afterAll(async () => {
  await engine.stop();
  await receiver.close();
});

const nameOf = ({ method, path }: ApiRoute) => `${method} ${path}`;
const isGuarded = ({ access }: ApiRoute) => access !== 'open' && access !== 'signed';
/** What streams is called elsewhere: test/journeys/visitors.test.ts. */
const guarded = allRoutes.filter((route) => isGuarded(route) && !route.streams);
const free = allRoutes.filter((route) => !isGuarded(route));

/** A body that the route takes, by its operation. */
const bodies: Record<string, unknown> = {
  setConfiguration: { feature_value: 'red' },
  startEmailRun: { emails: [] },
  createLead: { note: 'What does it cost?' },
  createLeadSlash: { note: 'What does it cost?' },
  triageLeadAgain: {},
  ...ofConversations.bodies,
  ...Object.fromEntries(
    resources.flatMap(({ path, routes: { create, replace, update } }) =>
      [create, replace, update].map(({ operationId }) => [
        operationId,
        ofConversations.resourceBodies[path],
      ]),
    ),
  ),
};

async function call(route: ApiRoute, authorization: string | undefined): Promise<Response> {
  await prepare(route);
  return send(route, authorization);
}

/** Makes what the route is to find of the demo company. */
async function prepare({ path, method }: ApiRoute): Promise<void> {
  if (path.includes('{feature_name}') && method !== 'POST') {
    await send(routeOf('setConfiguration'), credentials.right);
  }
  const resource = resources.find((one) => path.startsWith(`${one.path}/{id}`));
  if (!resource) return;
  const made = await send(resource.routes.create, credentials.right);
  resourceId = ((await made.json()) as { data: { id: string } }).data.id;
}

const routeOf = (id: string): ApiRoute =>
  allRoutes.find(({ operationId }) => operationId === id) ?? expect.fail(`There is no ${id}.`);

async function send(
  route: ApiRoute,
  authorization: string | undefined,
  feature = 'colour',
  body: unknown = { ...bodies, ...bodiesIn(conversationId) }[route.operationId],
): Promise<Response> {
  const path = route.path
    .replace('{feature_name}', feature)
    .replace('{run_id}', runId)
    .replace('{lead_id}', leadId)
    .replace('{session_id}', sessionId)
    .replace('{conversation_id}', conversationId)
    .replace('{file_id}', fileId)
    .replace('{id}', resourceId);
  const response = await fetch(engine.cloud.url + path, {
    method: route.method,
    headers: {
      ...(authorization && { authorization }),
      ...('Idempotency-Key' in (route.headers?.shape ?? {}) && { 'idempotency-key': randomUUID() }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return documented(route.method, path, response);
}

type Kind = keyof typeof credentials;

/** What each kind of credential is answered, whatever the route; `none` by the HTTP API itself. */
const refusals: [Kind, number, string][] = [
  ['none', 401, ''],
  ['malformed', 401, 'unauthenticated'],
  ['another scheme', 401, 'unauthenticated'],
  ['unknown', 401, 'unauthenticated'],
  ['of an unknown company', 401, 'unauthenticated'],
  ['with a wrong secret', 401, 'unauthenticated'],
  ['a key id as a public one', 401, 'unauthenticated'],
  ['revoked', 401, 'unauthenticated'],
  ['expired', 401, 'unauthenticated'],
  ['suspended', 403, 'tenant-suspended'],
  ['a visitor’s token that is forged', 401, 'unauthenticated'],
];

/** What a right credential of another company is answered; of a thing, everywhere, that it is not there. */
const ofAnother: Record<string, number> = {
  setConfiguration: 201,
  listConfiguration: 200,
  getUsage: 200,
  getOpenApi: 200,
  triggerEmailRun: 202,
  startEmailRun: 202,
  createLead: 201,
  createLeadSlash: 201,
  listLeads: 200,
  getWebhookEndpoint: 200,
  ...ofConversations.answersToAnother,
  ...Object.fromEntries(
    resources.flatMap(({ routes: { create, list } }) => [
      [create.operationId, 201],
      [list.operationId, 200],
    ]),
  ),
};

describe.each(guarded.map((route) => [nameOf(route), route] as const))('%s', (_, route) => {
  it.each(refusals)('refuses a credential: %s', async (kind, status, heading) => {
    const response = await call(route, credentials[kind]);
    const problem = (await response.json()) as { type?: string };

    expect(response.status).toBe(status);
    if (!heading) return expect(problem).toEqual({ message: 'Unauthorized' });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(problem.type).toBe(`urn:replies-engine:error:${heading}`);
    expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
  });

  it('refuses a credential without its scope', async () => {
    const { text } = await aKeyWithout(engine, 'demo', route.access as Scope);

    const response = await call(route, `Bearer ${text}`);

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ type: 'urn:replies-engine:error:forbidden' });
  });

  it('has nothing of this company for a credential of another', async () => {
    await prepare(route);
    // What it sets itself, it sets beside.
    const feature = route.method === 'POST' ? 'shade' : 'colour';

    const response = await send(route, credentials.other, feature);

    expect(response.status).toBe(ofAnother[route.operationId] ?? 404);
    expect(await response.text()).not.toContain('demo');
  });

  it.each([
    ['no body', undefined, undefined, '?limit=0&cursor=%00&from=x&test=maybe&source='],
    ['half a body', 'application/json', '{"note": "Hi', ''],
    ['another type', 'text/plain', '{}', ''],
    ['a list', 'application/json', '[]', ''],
    ['a field that nobody knows', 'application/json', '{"unknown": 1}', ''],
    ['1 MB', 'application/json', JSON.stringify({ note: 'x'.repeat(1_000_000) }), ''],
  ])('answers as its document says to %s', async (_, type, body, query) => {
    const path = route.path.replace(/\{\w+\}/, '%20');
    const response = await fetch(engine.cloud.url + path + query, {
      method: route.method,
      headers: { authorization: credentials.right, ...(type && { 'content-type': type }) },
      ...(body !== undefined && route.method !== 'GET' && { body }),
    });

    expect(response.status).toBeLessThan(500);
    await documented(route.method, path, response);
  });

  it('serves the right credential', async () => {
    const response = await call(route, credentials.right);

    expect([route.success.status, 201]).toContain(response.status);
  });
});

describe.each(free.map((route) => [nameOf(route), route] as const))('%s', (_, route) => {
  it('answers the same to every credential and to none', async () => {
    const kinds = Object.keys(credentials) as Kind[];
    const answers = await Promise.all(kinds.map((kind) => send(route, credentials[kind])));

    expect(answers.map(({ status }) => status)).toEqual(
      kinds.map(() => (route.access === 'open' ? 200 : 415)),
    );
  });
});

describe('a path that is no route', () => {
  it('is answered alike to everybody', async () => {
    const answers = await Promise.all(
      [credentials.none, credentials.unknown, credentials.right].map((authorization) =>
        fetch(`${engine.cloud.url}/tenants`, { headers: authorization ? { authorization } : {} }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });
});

describe('the logs of all this', () => {
  it('hold no credential, and no part of one that is secret', () => {
    const texts = Object.values(credentials).filter((text) => text !== undefined);
    const secrets = texts
      .map((text) => text.split(/[ _]/).at(-1) ?? '')
      .filter((part) => part.length > 12);
    const hashed = engine.lines.filter((line) => /[0-9a-f]{64}/.test(line));

    expect(engine.lines.length).toBeGreaterThan(20);
    expect(secrets.length).toBeGreaterThan(8);
    for (const secret of secrets) {
      expect(engine.lines.filter((line) => line.includes(secret))).toEqual([]);
    }
    expect(hashed).toEqual([]);
  });
});
