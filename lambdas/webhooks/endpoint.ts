import type { Hono } from 'hono';
import type { EventPublisher } from '../events/publisher.ts';
import { isoTime } from '../shared/clock.ts';
import { problemResponse } from '../shared/http/problem.ts';
import { type ApiDependencies, protectedApp } from '../tenancy/protected-app.ts';
import { routes } from './routes.ts';
import type { EndpointStore } from './stores/endpoint-store.ts';
import { viewOf } from './work/endpoint.ts';

export interface EndpointPorts extends ApiDependencies {
  endpoints: Pick<EndpointStore, 'find'>;
  signingKey(): Promise<string>;
  events: EventPublisher;
  newId(): string;
}

/** Shows a company its webhook endpoint, and tries it out. */
export function endpointApp({
  endpoints,
  signingKey,
  events,
  newId,
  ...gate
}: EndpointPorts): Hono {
  const { app, serve } = protectedApp(gate);

  serve(routes.endpoint, async (c, { tenant_id }) => {
    const [endpoint, key] = await Promise.all([endpoints.find(tenant_id), signingKey()]);
    c.header('cache-control', 'no-store');
    return c.json(viewOf(endpoint, tenant_id, key));
  });

  serve(routes.test, async (c, { tenant_id }) => {
    const endpoint = await endpoints.find(tenant_id);
    if (!endpoint) {
      return problemResponse(c, {
        type: 'not-found',
        title: 'Not found',
        status: 404,
        detail: 'No webhook is configured: set the feature webhooks first.',
      });
    }
    if (endpoint.disabled) {
      return problemResponse(c, {
        type: 'webhook-disabled',
        title: 'The endpoint is disabled',
        status: 409,
        detail: endpoint.disabled.reason,
      });
    }
    const event = { id: `evt_${newId()}`, type: 'webhook.test' } as const;
    const occurred_at = isoTime(gate.clock.now());
    const data = { message: 'This is a test: your webhook works.' };
    await events.publish({ ...event, tenant_id, occurred_at, data });
    return c.json(event, 202);
  });

  return app;
}
