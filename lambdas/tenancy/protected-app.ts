import type { Context, Handler, Hono } from 'hono';
import type { Clock } from '../shared/clock.ts';
import { eventOf, headerOf, httpApp, problemResponse } from '../shared/http/problem.ts';
import type { Log, Meter } from '../shared/log.ts';
import { type AuthorizerContext, authorizerContext } from './authorizer-context.ts';
import { type Caller, callerOf, rateClassOf } from './caller.ts';
import type { ApiRoute } from './route.ts';
import type { UsageCounter } from './stores/usage-counter.ts';

export interface ApiDependencies {
  usage: Pick<UsageCounter, 'tryAcquireRequest'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
  meter: Meter;
}

type ProtectedHandler = (c: Context, caller: Caller) => Response | Promise<Response>;

/** An app whose routes are all behind the gate: there is no way to add one without saying its scope. */
export interface ProtectedApp {
  app: Hono;
  serve(route: ApiRoute, handler: ProtectedHandler): void;
}

export function protectedApp(gate: ApiDependencies): ProtectedApp {
  const served = new WeakMap<Request, ApiRoute>();
  const app = httpApp(gate.log, (c) => whatNext(c, served.get(c.req.raw)));
  return {
    app,
    serve(route, handler) {
      const guarded: Handler = async (c) => {
        served.set(c.req.raw, route);
        const caller = await authorizeRequest(c, route, gate);
        return caller instanceof Response ? caller : handler(c, caller);
      };
      app.on(route.method, route.path.replace(/\{(\w+)\}/g, ':$1'), guarded);
    },
  };
}

const keyHeader = 'Idempotency-Key';

/** What a caller does whose request may have been handled or not. */
function whatNext(c: Context, route: ApiRoute | undefined): string {
  if (!route || route.method === 'GET') return 'Send it again.';
  const takesKey = route.headers !== undefined && keyHeader in route.headers;
  if (!takesKey) return 'It may have been done all the same: read first, then send it again.';
  return headerOf(c, keyHeader.toLowerCase())
    ? `Send it again with the same ${keyHeader}: it will not be handled twice.`
    : `It may have been done all the same: look first, and send it again with an ${keyHeader}.`;
}

/** The caller, or the answer that refuses: in the order who, whether, how often. */
async function authorizeRequest(
  c: Context,
  route: ApiRoute,
  gate: ApiDependencies,
): Promise<Caller | Response> {
  const context = contextOf(c);
  if (context.outcome === 'suspended') return suspended(c, gate);
  if (context.outcome === 'forbidden') return forbidden(c, gate);
  const caller = context.outcome === 'known' ? callerOf(context) : undefined;
  if (!caller || hasEnded(caller, gate.clock.now())) return unauthenticated(c, gate);
  if (!caller.scopes.some((scope) => scope === route.access)) {
    noteTooLittle(caller, route, gate);
    return forbidden(c, gate);
  }
  const result = await gate.usage.tryAcquireRequest(
    caller.tenant_id,
    rateClassOf(caller),
    caller.rate_limit,
  );
  return result.admitted ? caller : tooMany(c, result.retryAfterSeconds, gate);
}

/** A key is named by its id; who is behind a token is nobody's business. */
function noteTooLittle(
  { tenant_id, principal, role }: Caller,
  route: ApiRoute,
  { log }: ApiDependencies,
) {
  const key = principal.startsWith('key:') ? { principal } : {};
  log.warn('A caller may not do that.', { tenant_id, ...key, role, needs: route.access });
}

/** What the authorizer said; a request that has not passed it is of nobody. */
function contextOf(c: Context): AuthorizerContext {
  const { authorizer } = (eventOf(c)?.requestContext ?? {}) as {
    authorizer?: { lambda?: unknown };
  };
  const result = authorizerContext.safeParse(authorizer?.lambda);
  return result.success ? result.data : { outcome: 'unauthenticated' };
}

const hasEnded = ({ valid_until }: Caller, now: number): boolean =>
  valid_until !== 0 && valid_until * 1000 <= now;

function unauthenticated(c: Context, { meter }: ApiDependencies): Response {
  meter.count('Unauthenticated');
  c.header('www-authenticate', 'Bearer');
  return problemResponse(c, {
    type: 'unauthenticated',
    title: 'Who is calling?',
    status: 401,
    detail: 'Send a valid API key or token: "Authorization: Bearer …".',
  });
}

function forbidden(c: Context, { meter }: ApiDependencies): Response {
  meter.count('Forbidden');
  return problemResponse(c, {
    type: 'forbidden',
    title: 'Not allowed',
    status: 403,
    detail: 'This credential may not do that; its role or scopes do not include it.',
  });
}

function suspended(c: Context, { meter }: ApiDependencies): Response {
  meter.count('Forbidden');
  return problemResponse(c, {
    type: 'tenant-suspended',
    title: 'Suspended',
    status: 403,
    detail: 'The company to which this credential belongs is suspended.',
  });
}

function tooMany(c: Context, retryAfterSeconds: number, { meter }: ApiDependencies): Response {
  meter.count('RateLimited');
  c.header('retry-after', String(retryAfterSeconds));
  return problemResponse(c, {
    type: 'too-many-requests',
    title: 'Too many requests',
    status: 429,
    detail: `Send it again after ${retryAfterSeconds} s.`,
  });
}
