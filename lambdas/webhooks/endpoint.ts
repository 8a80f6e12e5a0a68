import type { Hono } from 'hono';
import type { EventPublisher } from '../events/publisher.ts';
import { isoTime } from '../shared/clock.ts';
import type { Problem } from '../shared/http/problem.ts';
import type { ApiDependencies } from '../tenancy/authorize-request.ts';
import { protectedApp } from '../tenancy/protected-app.ts';
import { routes } from './routes.ts';
import type { EndpointStore } from './stores/endpoint-store.ts';
import { viewOf } from './work/endpoint.ts';

export interface EndpointPorts extends ApiDependencies {
  endpoints: Pick<EndpointStore, 'find'>;
  signingKey(): Promise<string>;
  events: EventPublisher;
  newId(): string;
}

/** Shows a company its webhook endpoint, and sends test events. */
export function endpointApp({ endpoints, signingKey, events, newId, ...api }: EndpointPorts): Hono {
  const { app, serve } = protectedApp(api);

  serve(routes.endpoint, async ({ caller: { tenant_id } }) => {
    const [endpoint, key] = await Promise.all([endpoints.find(tenant_id), signingKey()]);
    return {
      headers: { 'cache-control': 'no-store' },
      body: viewOf(endpoint, tenant_id, key),
    };
  });

  serve(routes.test, async ({ caller: { tenant_id } }) => {
    const endpoint = await endpoints.find(tenant_id);
    if (!endpoint) return undefined;
    if (endpoint.disabled) return isDisabled(endpoint.disabled.reason);
    const event = { id: `evt_${newId()}`, type: 'webhook.test' } as const;
    const occurred_at = isoTime(api.clock.now());
    const data = { message: 'This is a test: your webhook works.' };
    await events.publish({ ...event, tenant_id, occurred_at, data });
    return { body: event };
  });

  return app;
}

const isDisabled = (reason: string): Problem => ({
  type: 'webhook-disabled',
  title: 'The endpoint is disabled',
  status: 409,
  detail: reason,
});
