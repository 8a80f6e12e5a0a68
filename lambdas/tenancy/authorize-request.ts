import type { Context } from 'hono';
import type { Clock } from '../shared/clock.ts';
import { eventOf, type Problem } from '../shared/http/problem.ts';
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

/** The caller of a route, or the problem that refuses: in the order who, whether, how often. */
export async function authorizeRequest(
  c: Context,
  route: ApiRoute,
  { usage, clock, log, meter }: ApiDependencies,
): Promise<{ caller: Caller } | { problem: Problem }> {
  const refused = (metric: Refusal, problem: Problem) => {
    meter.count(metric);
    return { problem };
  };
  const context = contextOf(c);
  if (context.outcome === 'suspended') return refused('Forbidden', suspended);
  if (context.outcome === 'forbidden') return refused('Forbidden', forbidden);
  const caller = context.outcome === 'known' ? callerOf(context) : undefined;
  if (!caller || hasEnded(caller, clock.now())) return refused('Unauthenticated', unauthenticated);
  if (!caller.scopes.some((scope) => scope === route.access)) {
    logScopeMissing(caller, route, log);
    return refused('Forbidden', forbidden);
  }
  const { tenant_id, rate_limit } = caller;
  const result = await usage.tryAcquireRequest(tenant_id, rateClassOf(caller), rate_limit);
  return result.acquired ? { caller } : refused('RateLimited', tooMany(result.retryAfterSeconds));
}

type Refusal = 'Forbidden' | 'RateLimited' | 'Unauthenticated';

/** A key is named by its id; who is behind a token is nobody's business. */
function logScopeMissing({ tenant_id, principal, role }: Caller, route: ApiRoute, log: Log): void {
  const key = principal.startsWith('key:') ? { principal } : {};
  log.warn('A caller may not do that.', { tenant_id, ...key, role, needs: route.access });
}

/** What the authorizer said; a request that has not passed it is of nobody. */
function contextOf(c: Context): AuthorizerContext {
  const { authorizer } = (eventOf(c)?.requestContext ?? {}) as {
    authorizer?: { lambda?: unknown } | null;
  };
  // The HTTP API hands it over as a part of its own, the REST API among what it knows itself.
  const result = authorizerContext.safeParse(authorizer?.lambda ?? authorizer);
  return result.success ? result.data : { outcome: 'unauthenticated' };
}

const hasEnded = ({ valid_until }: Caller, now: number): boolean =>
  valid_until !== 0 && valid_until * 1000 <= now;

const unauthenticated: Problem = {
  type: 'unauthenticated',
  title: 'Not authenticated',
  status: 401,
  detail: 'Send a valid API key or token: "Authorization: Bearer …".',
  headers: { 'www-authenticate': 'Bearer' },
};

const forbidden: Problem = {
  type: 'forbidden',
  title: 'Not allowed',
  status: 403,
  detail: 'This credential may not do that; its role or scopes do not include it.',
};

const suspended: Problem = {
  type: 'tenant-suspended',
  title: 'Suspended',
  status: 403,
  detail: 'The company to which this credential belongs is suspended.',
};

const tooMany = (retryAfterSeconds: number): Problem => ({
  type: 'too-many-requests',
  title: 'Too many requests',
  status: 429,
  detail: `Send it again after ${retryAfterSeconds} s.`,
  headers: { 'retry-after': String(retryAfterSeconds) },
});
