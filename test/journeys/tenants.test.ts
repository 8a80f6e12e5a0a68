import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../../lambdas/platform/openapi.ts';
import { aKey } from '../support/credentials.ts';
import {
  aCustomer,
  conversationItems,
  deadLetters,
  logsOf,
  messagesIn,
  queueIsEmpty,
  startTestEngine,
  type TestEngine,
} from '../support/engine.ts';
import {
  anIdentityProvider,
  audience,
  type IdentityProvider,
} from '../support/identity-provider.ts';

let engine: TestEngine;
let provider: IdentityProvider;

beforeAll(async () => {
  provider = await anIdentityProvider(Date.now, 'until closed');
  engine = await startTestEngine({
    environment: { OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: audience },
  });
});

afterAll(async () => {
  await engine.stop();
  await provider.close();
});

interface Call {
  key: string;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Every credential that was sent. */
const sent = new Set<string>();

function call(path: string, { key, method = 'GET', body, headers = {} }: Call) {
  sent.add(key);
  return fetch(engine.cloud.url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

const setFeature = (key: string, feature: string, feature_value: unknown, headers = {}) =>
  call(`/tenant-configuration/${feature}`, {
    key,
    method: 'POST',
    body: { feature_value },
    headers,
  });

describe('one company', () => {
  const marker = 'Quetzalcoatl';

  it('never sees a byte of another, whatever it asks for', async () => {
    await engine.tenants.create('aztec', `${marker} Ltd`);
    await engine.tenants.create('maya', 'Maya Ltd');
    const [{ text: theirs }, { text: ours }] = [
      await aKey(engine, 'aztec'),
      await aKey(engine, 'maya'),
    ];
    await setFeature(theirs, 'secret.recipe', { [marker]: marker });
    await setFeature(theirs, 'assistant', { instructions: marker });
    const guarded = allRoutes.filter(({ access }) => access !== 'open' && access !== 'signed');
    const known = [
      'secret.recipe',
      'assistant',
      'aztec',
      `aztec#${marker}`,
      '..',
      '%23',
      'CHANGE#',
      '../aztec',
    ];
    const asked = fc.record({
      route: fc.constantFrom(...guarded),
      name: fc.oneof(fc.constantFrom(...known), fc.string({ minLength: 1, unit: 'binary' })),
      cursor: fc.option(fc.oneof(fc.constantFrom(...known), fc.string()), { nil: undefined }),
    });

    await fc.assert(
      fc.asyncProperty(asked, async ({ route, name, cursor }) => {
        const path = route.path.replace(/\{\w+\}/, encodeURIComponent(name.toWellFormed()));
        const query =
          cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor.toWellFormed())}`;
        const response = await call(path + query, {
          key: ours,
          method: route.method,
          ...(route.method === 'POST' && { body: { feature_value: 1 } }),
        });
        const answer = await response.text();
        expect(response.status).toBeLessThan(500);
        if (!name.includes(marker)) expect(answer).not.toContain(marker);
      }),
      { numRuns: 100 },
    );
    const kept = await call('/tenant-configuration/secret.recipe', { key: theirs });
    expect(await kept.json()).toMatchObject({ feature_value: { [marker]: marker }, version: 1 });
  }, 60_000);

  it('is told the same of another’s feature as of one that nobody has', async () => {
    await engine.tenants.create('inca', 'Inca');
    await engine.tenants.create('toltec', 'Toltec');
    await setFeature((await aKey(engine, 'inca')).text, 'hidden', 1);
    const { text: key } = await aKey(engine, 'toltec');

    const [another, nobodys] = await Promise.all(
      ['hidden', 'absent'].map((name) => call(`/tenant-configuration/${name}`, { key })),
    );

    expect(another?.status).toBe(404);
    expect(nobodys?.status).toBe(404);
    expect((await another?.text())?.replaceAll('hidden', 'absent')).toBe(await nobodys?.text());
  });
});

describe('the tenant configuration', () => {
  it('is changed by one of two who read the same version', async () => {
    const created = await setFeature(engine.demoKey, 'opening-hours', { monday: '9-17' });
    const etag = created.headers.get('etag') ?? '';

    const changes = await Promise.all([
      setFeature(engine.demoKey, 'opening-hours', { monday: '8-16' }, { 'if-match': etag }),
      setFeature(engine.demoKey, 'opening-hours', { monday: '10-18' }, { 'if-match': etag }),
    ]);

    expect(created.status).toBe(201);
    expect(new Set(changes.map(({ status }) => status))).toEqual(new Set([200, 412]));
  });

  it('tells who changed what, and what was before', async () => {
    await setFeature(engine.demoKey, 'colour', 'red');
    await setFeature(engine.demoKey, 'colour', 'green');

    const response = await call('/tenant-configuration/colour/changes', { key: engine.demoKey });

    const [, keyId] = /_([0-9A-Za-z]{12})_/.exec(engine.demoKey) ?? [];
    expect(await response.json()).toMatchObject({
      changes: [
        { version: 2, changed_by: `key:${keyId}`, before: 'red', action: 'set' },
        { version: 1 },
      ],
      next_cursor: null,
    });
  });

  it.each([
    ['assistant', { modell: 'gpt' }, ['#/feature_value/modell']],
    [
      'assistant.support',
      { limits: { max_output_tokens: 'many' } },
      ['#/feature_value/limits/max_output_tokens'],
    ],
    ['assistant', 'be kind', ['#/feature_value']],
    ['message-retention', { days: 0 }, ['#/feature_value/days']],
    ['message-retention', {}, ['#/feature_value/days']],
  ])('refuses for %s the value %j, and names each fault', async (feature, value, pointers) => {
    const response = await setFeature(engine.demoKey, feature, value);
    const { errors } = (await response.json()) as { errors: { pointer: string }[] };

    expect(response.status).toBe(422);
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it.each([
    ['no body', '', 400],
    ['no JSON', '{"feature_value": ', 400],
    ['half a surrogate pair', '{"feature_value": "\\ud800"}', 400],
    ['no value', '{}', 422],
    ['another field', '{"feature_value": 1, "tenant_id": "other"}', 422],
    ['an array', '[1]', 422],
    ['a value that is too large', JSON.stringify({ feature_value: 'x'.repeat(100_001) }), 413],
  ])('refuses %s', async (_, body, status) => {
    const response = await call('/tenant-configuration/free', {
      key: engine.demoKey,
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });

    expect(response.status).toBe(status);
    expect((await call('/tenant-configuration/free', { key: engine.demoKey })).status).toBe(404);
  });

  it('says who answers the company’s customers, and how', async () => {
    await engine.tenants.create('florist', 'Florist');
    await engine.channels.add({
      number: 'whatsapp:+14155230001',
      company_id: 'florist',
      project_id: 'shop',
    });
    const { text: key } = await aKey(engine, 'florist');
    await setFeature(key, 'assistant', { texts: { unreadable: 'Words, please; not {kinds}.' } });
    await setFeature(key, 'message-retention', { days: 2 });
    const customer = aCustomer(engine, '+15550200001', 'whatsapp:+14155230001');

    await customer.writes('', { media: [{ contentType: 'audio/ogg', bytes: Buffer.from('x') }] });

    const [reply] = await customer.hears(1);
    expect(reply).toMatch(/^Words, please; not /);
  });
});

describe('a suspended company', () => {
  it('has its customers’ messages kept, not answered, and answers again once it is resumed', async () => {
    await engine.tenants.create('paused', 'Paused');
    const number = 'whatsapp:+14155230002';
    await engine.channels.add({ number, company_id: 'paused', project_id: 'shop' });
    await engine.tenants.change('paused', { status: 'suspended' });
    const customer = aCustomer(engine, '+15550200002', number);

    const { status, messageSid } = await customer.writes('Anybody there?');
    await queueIsEmpty(engine);

    const logged = JSON.stringify(logsOf(engine, messageSid));
    const conversation = /"conversation_id":"(c_\w+)"/.exec(logged)?.[1] ?? '';
    const items = await conversationItems(engine, conversation, 'paused');
    expect(status).toBe(200);
    expect(customer.received()).toEqual([]);
    expect(logged).toContain('The company is suspended');
    expect(engine.lines.join('\n')).toContain('RepliesWithheld');
    expect(items).toContainEqual(expect.objectContaining({ content: 'Anybody there?' }));
    expect(await messagesIn(engine, deadLetters)).toBe(0);
  });
});

describe('a caller with a token', () => {
  it('is let in for the company and in the role that the token says', async () => {
    const admin = await provider.token({ tenant_id: 'demo' });
    const groups = ['staff', 'OperationUser'];
    const user = await provider.token({ tenant_id: 'demo', role: groups, sub: 'u2' });

    expect((await setFeature(admin, 'by-token', 1)).status).toBe(201);
    expect((await setFeature(user, 'by-token', 2)).status).toBe(403);
    expect((await call('/tenant-configuration/by-token', { key: user })).status).toBe(200);
  });

  it.each([
    ['of no company', {}, { without: ['tenant_id'] }, 403],
    ['of a company that is not here', { tenant_id: 'nowhere' }, {}, 403],
    ['of no role', { tenant_id: 'demo', role: 'Emperor' }, {}, 403],
    ['that has expired', { tenant_id: 'demo', exp: 1_700_000_000 }, {}, 401],
    ['of another issuer', { tenant_id: 'demo', iss: 'https://evil.example' }, {}, 401],
    ['of a foreign key', { tenant_id: 'demo' }, { foreignKey: true }, 401],
  ])('%s is refused', async (_, claims, more, status) => {
    const key = await provider.token(claims, more);

    expect((await call('/usage', { key })).status).toBe(status);
  });
});

describe('a web page with a public client id', () => {
  it('may do what a visitor may, and is asked for nothing secret', async () => {
    const { text: key } = await aKey(engine, 'demo', { client: true });
    const origin = { origin: 'https://shop.example' };

    const allowed = await call('/openapi.json', { key, headers: origin });
    const refused = await call('/usage', { key, headers: origin });

    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('*');
    expect(allowed.headers.get('access-control-expose-headers')).toContain('etag');
    expect(refused.status).toBe(403);
  });

  it('is told by the API what its browser asks beforehand', async () => {
    const response = await fetch(`${engine.cloud.url}/usage`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
  });
});

describe('the usage of a company', () => {
  it('counts its calls and replies, and refuses what is beyond its rate', async () => {
    const limit = { requests_per_second: 0.05, burst: 3 };
    await engine.tenants.create('thrifty', 'Thrifty', limit);
    await engine.channels.add({
      number: 'whatsapp:+14155230003',
      company_id: 'thrifty',
      project_id: 'shop',
    });
    const { text: key } = await aKey(engine, 'thrifty');
    const customer = aCustomer(engine, '+15550200003', 'whatsapp:+14155230003');
    await customer.writes('Hello');
    await customer.hears(1);
    await queueIsEmpty(engine);

    const answers = [];
    for (let n = 0; n < 4; n++) answers.push(await call('/usage', { key }));

    const [, , third, fourth] = answers;
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(await third?.json()).toMatchObject({ total: { requests: 3, replies: 1, emails: 0 } });
    expect(Number(fourth?.headers.get('retry-after'))).toBeGreaterThan(10);
    expect(await fourth?.json()).toMatchObject({
      type: 'urn:replies-engine:error:too-many-requests',
    });
  });

  it.each([
    ['from=yesterday', 'from'],
    ['to=2026-13-01', 'to'],
    ['from=2026-11-02&to=2026-11-01', 'from'],
    ['from=2020-01-01&to=2026-01-01', 'from'],
  ])('is not told for %s', async (query, pointer) => {
    const response = await call(`/usage?${query}`, { key: engine.demoKey });

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
  });
});

describe('the logs of all this', () => {
  it('hold no key, no token, and nothing of a customer', () => {
    const secrets = [...sent].filter((key) => !key.startsWith('re_pub_'));
    const parts = secrets.map((key) => key.slice(-20));
    const words = ['Anybody there?', '5550200001', '5550200002', '5550200003', 'Quetzalcoatl'];

    expect(parts.length).toBeGreaterThan(12);
    for (const secret of [...parts, ...words]) {
      expect(engine.lines.filter((line) => line.includes(secret))).toEqual([]);
    }
  });
});
