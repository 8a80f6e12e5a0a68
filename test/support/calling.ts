import type { Hono } from 'hono';
import { contextOf } from '../../lambdas/tenancy/caller.ts';
import type { Role, Scope } from '../../lambdas/tenancy/scopes.ts';

/** Who asks, and how. */
export interface Calling {
  tenant?: string;
  role?: Role;
  scopes?: readonly Scope[];
  principal?: string;
  sourceIp?: string;
  headers?: Record<string, string>;
  /** Sent as JSON; a text is sent as it is. */
  body?: unknown;
}

/** Asks an app as the HTTP API does, for a caller whom the authorizer has let through. */
export async function calling(
  app: Hono,
  method: string,
  path: string,
  {
    tenant = 'acme',
    role = 'TenantAdmin',
    scopes = [],
    principal = `key:of-${tenant}`,
    sourceIp = '203.0.113.7',
    headers = {},
    body,
  }: Calling = {},
): Promise<Response> {
  const lambda = contextOf({
    tenant_id: tenant,
    role,
    scopes,
    principal,
    valid_until: 0,
    rate_limit: { requests_per_second: 5, burst: 10 },
  });
  const sent = body !== undefined && {
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
  const init = {
    method,
    headers: { ...(sent && { 'content-type': 'application/json' }), ...headers },
    ...sent,
  };
  const requestContext = { authorizer: { lambda }, http: { sourceIp } };
  return app.request(path, init, { event: { requestContext } });
}
