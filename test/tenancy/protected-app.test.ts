import { describe, expect, it } from 'vitest';
import { routes } from '../../lambdas/administration/routes.ts';
import { routes as emailRoutes } from '../../lambdas/email-deadlines/routes.ts';
import { routes as leadRoutes } from '../../lambdas/leads/routes.ts';
import type { ApiDependencies } from '../../lambdas/tenancy/authorize-request.ts';
import type { AuthorizerContext } from '../../lambdas/tenancy/authorizer-context.ts';
import { contextOf } from '../../lambdas/tenancy/caller.ts';
import { protectedApp } from '../../lambdas/tenancy/protected-app.ts';
import type { ApiRoute } from '../../lambdas/tenancy/route.ts';
import { scopes } from '../../lambdas/tenancy/scopes.ts';
import { virtualClock } from '../support/clock.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';

const aCaller = (parts: Partial<Parameters<typeof contextOf>[0]> = {}): AuthorizerContext =>
  contextOf({
    tenant_id: 'acme',
    role: 'TenantAdmin',
    scopes: ['usage:read'],
    principal: 'key:1',
    valid_until: 0,
    rate_limit: { requests_per_second: 5, burst: 10 },
    ...parts,
  });

function anApp(parts: Partial<ApiDependencies> = {}) {
  const admitted: unknown[] = [];
  const [log, meter, clock] = [recordedLog(), recordedMeter(), virtualClock()];
  const { app, serve } = protectedApp({
    usage: {
      tryAcquireRequest: async (...asked) => {
        admitted.push(asked);
        return { acquired: true };
      },
    },
    clock,
    log,
    meter,
    ...parts,
  });
  const served: unknown[] = [];
  serve({ ...routes.usage, success: { status: 200, what: 'It is served' } }, ({ caller }) => {
    served.push(caller);
    return {};
  });
  const ask = (context: unknown) =>
    app.request('/usage', {}, { event: { requestContext: { authorizer: { lambda: context } } } });
  return { app, serve, ask, served, admitted, log, meter, clock };
}

describe('authorization', () => {
  it('hands on who calls', async () => {
    const { ask, served, admitted } = anApp();

    const response = await ask(aCaller());

    expect(response.status).toBe(200);
    expect(served).toEqual([expect.objectContaining({ tenant_id: 'acme', principal: 'key:1' })]);
    expect(admitted).toEqual([['acme', 'callers', { requests_per_second: 5, burst: 10 }]]);
  });

  it('hands on who calls by a REST API, which adds what it knows itself', async () => {
    const { app, served } = anApp();
    const authorizer = { ...aCaller(), principalId: 'key:1', integrationLatency: 12 };

    const response = await app.request('/usage', {}, { event: { requestContext: { authorizer } } });

    expect(response.status).toBe(200);
    expect(served).toEqual([expect.objectContaining({ tenant_id: 'acme', principal: 'key:1' })]);
  });

  it.each([
    ['no event', undefined],
    ['no authorizer', { event: { requestContext: {} } }],
    ['no authorizer of a REST API', { event: { requestContext: { authorizer: null } } }],
    ['an authorizer that said nothing', { event: { requestContext: { authorizer: {} } } }],
  ])('lets nobody through with %s', async (_, environment) => {
    const { app, served } = anApp();

    expect((await app.request('/usage', {}, environment)).status).toBe(401);
    expect(served).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    ['text', 'known'],
    ['an outcome of its own making', { outcome: 'admin' }],
    ['no tenant', { ...aCaller(), tenant_id: '' }],
    ['a tenant with a separator', { ...aCaller(), tenant_id: 'acme#x' }],
    ['no principal', { ...aCaller(), principal: '' }],
    ['an end that is no number', { ...aCaller(), valid_until: 'soon' }],
  ])('takes a context of %s for nobody', async (_, context) => {
    const { ask, served } = anApp();

    expect((await ask(context)).status).toBe(401);
    expect(served).toEqual([]);
  });

  it('ends a credential to the second, though the authorizer’s word is kept longer', async () => {
    const { ask, clock } = anApp();
    const ending = aCaller({ valid_until: Math.floor(clock.now() / 1000) + 10 });

    expect((await ask(ending)).status).toBe(200);
    clock.pass(10_000);
    expect((await ask(ending)).status).toBe(401);
  });

  it('takes no scope that it does not know, and none that only begins alike', async () => {
    const { ask } = anApp();

    expect((await ask({ ...aCaller(), scopes: 'usage:read:all usage' })).status).toBe(403);
    expect((await ask({ ...aCaller(), scopes: '' })).status).toBe(403);
  });

  it('names the company and the key that may not do something, and nobody behind a token', async () => {
    const { ask, log } = anApp();

    await ask(aCaller({ scopes: ['leads:read'] }));
    await ask(aCaller({ scopes: ['leads:read'], principal: 'user:jo@acme.example' }));

    const about = { tenant_id: 'acme', role: 'TenantAdmin', needs: 'usage:read' };
    const line = { level: 'warn', message: 'A caller may not do that.' };
    expect(log.lines).toEqual([
      { ...line, details: { ...about, principal: 'key:1' } },
      { ...line, details: about },
    ]);
  });

  it('counts a visitor’s call against the budget of visitors', async () => {
    const { ask, admitted } = anApp();

    await ask(aCaller({ role: 'Visitor' }));

    expect(admitted).toEqual([expect.arrayContaining(['visitors'])]);
  });

  it('answers 503, and nothing of why, while calls cannot be counted', async () => {
    const { ask, served } = anApp({
      usage: { tryAcquireRequest: () => Promise.reject(new Error('password=hunter2')) },
    });

    const response = await ask(aCaller());

    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('hunter2');
    expect(served).toEqual([]);
  });
});

describe('a call that failed in the middle', () => {
  const failing = async (route: ApiRoute, headers: Record<string, string> = {}) => {
    const { app, serve } = anApp();
    const { body: _body, missingKey: _key, params: _params, ...withoutInput } = route;
    const failingRoute: ApiRoute = { ...withoutInput, path: '/failing' };
    serve(failingRoute, () => Promise.reject(new Error('no store')));
    const lambda = aCaller({ scopes: [...scopes] });
    const response = await app.request(
      '/failing',
      { method: route.method, headers },
      { event: { requestContext: { authorizer: { lambda } } } },
    );
    return ((await response.json()) as { detail: string }).detail;
  };

  it('is said to be handled once only with a key that makes it so', async () => {
    const once = 'with the same Idempotency-Key: it will not be handled twice.';

    expect(await failing(leadRoutes.createLead, { 'idempotency-key': 'k' })).toContain(once);
    expect(await failing(emailRoutes.trigger)).toContain('with an Idempotency-Key.');
    expect(await failing(routes.setConfiguration, { 'idempotency-key': 'k' })).toContain(
      'read first',
    );
    expect(await failing(routes.usage)).toMatch(/\. Send it again\.$/);
  });
});
