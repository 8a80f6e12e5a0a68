import type { Hono } from 'hono';
import type { ApiDependencies } from '../tenancy/authorize-request.ts';
import { protectedApp } from '../tenancy/protected-app.ts';
import { type ConfigurationPorts, serveConfiguration } from './configuration.ts';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';
import { serveUsage, type UsagePorts } from './usage.ts';

export interface AdministrationPorts extends ApiDependencies, ConfigurationPorts, UsagePorts {
  publicBaseUrl: string;
  streamingBaseUrl: string;
}

/** The routes of what every tenant has: its configuration, its usage, and the API's own description. */
export function administrationApp(ports: AdministrationPorts): Hono {
  const { app, serve } = protectedApp(ports);
  serveConfiguration(serve, ports);
  serveUsage(serve, ports);
  let document: ReturnType<typeof openApiDocument> | undefined;
  serve(routes.openApi, () => {
    document ??= openApiDocument(ports);
    return { body: document };
  });
  return app;
}
