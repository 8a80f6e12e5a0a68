import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import {
  aCustomer,
  deadLetters,
  logOf,
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

const { call, setFeature, expectSilentLogs } = callsOf(() => engine);

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
    const said = await logOf(engine, conversation, 'paused').latest(10);
    expect(status).toBe(200);
    expect(customer.received()).toEqual([]);
    expect(logged).toContain('The company is suspended');
    expect(engine.lines.join('\n')).toContain('RepliesWithheld');
    expect(said).toMatchObject([{ role: 'user', text: 'Anybody there?' }]);
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
    const rate_limit = { requests_per_second: 0.05, burst: 3 };
    await engine.tenants.create('thrifty', 'Thrifty', { rate_limit });
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
    ['to=0000-01-01', 'to'],
    ['from=0000-01-01', 'from'],
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
    expectSilentLogs(['Anybody there?', '5550200002', '5550200003'], 9);
  });
});
