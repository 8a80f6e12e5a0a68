import type { Hono } from 'hono';
import { resourcePorts } from '../shared/http/resource-ports.ts';
import { serveResource } from '../shared/http/serve-resource.ts';
import type { Table } from '../shared/store/table.ts';
import type { ApiDependencies } from '../tenancy/authorize-request.ts';
import { protectedApp } from '../tenancy/protected-app.ts';
import { serveClientEvents } from './record-client-events.ts';
import { resources } from './routes.ts';
import { serveSessions } from './sessions.ts';

export interface ConversationsPorts extends ApiDependencies {
  table: Table;
}

/** The routes of this context. */
export function conversationsApp({ table, ...api }: ConversationsPorts): Hono {
  const { app, serve } = protectedApp(api);
  for (const resource of resources) serveResource(serve, resource, resourcePorts(resource, table));
  serveSessions(serve, table);
  serveClientEvents(serve, table);
  return app;
}
