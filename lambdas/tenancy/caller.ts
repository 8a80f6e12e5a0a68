import type { AuthorizerContext } from './authorizer-context.ts';
import { isRole, roles, type Scope, scopes } from './scopes.ts';
import type { RateClass, Tenant } from './tenant.ts';

/** Who calls a route, and for which tenant. */
export interface Caller {
  tenant_id: string;
  role: string;
  scopes: readonly Scope[];
  principal: string;
  /** Seconds since the epoch; 0 for never. */
  valid_until: number;
  rate_limit: Tenant['rate_limit'];
}

export const rateClassOf = ({ role }: Pick<Caller, 'role'>): RateClass =>
  role === 'Visitor' || role === 'Participant' ? 'visitors' : 'callers';

/** The caller as the authorizer's context, whose values are text. */
export const contextOf = (caller: Caller): AuthorizerContext => ({
  outcome: 'known',
  tenant_id: caller.tenant_id,
  role: caller.role,
  scopes: caller.scopes.join(' '),
  principal: caller.principal,
  valid_until: String(caller.valid_until),
  requests_per_second: String(caller.rate_limit.requests_per_second),
  burst: String(caller.rate_limit.burst),
});

/** The caller of a known outcome; scopes that this version does not know are left out. */
export const callerOf = (context: Extract<AuthorizerContext, { outcome: 'known' }>): Caller => ({
  tenant_id: context.tenant_id,
  role: context.role,
  scopes: scopes.filter((scope) => context.scopes.split(' ').includes(scope)),
  principal: context.principal,
  valid_until: Number(context.valid_until),
  rate_limit: {
    requests_per_second: Number(context.requests_per_second),
    burst: Number(context.burst),
  },
});

/** What a role may do, or as much of it as a key was given. A role that is not known may do nothing. */
export function scopesOf(role: string, only?: readonly string[]): readonly Scope[] {
  const all: readonly Scope[] = isRole(role) ? roles[role] : [];
  return only ? all.filter((scope) => only.includes(scope)) : all;
}
