import type { Hono } from 'hono';
import { once } from '../shared/once.ts';
import type { ApiDependencies } from '../tenancy/authorize-request.ts';
import { protectedApp } from '../tenancy/protected-app.ts';
import { type ConfigurationPorts, serveConfiguration } from './configuration.ts';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';
import { serveUsage, type UsagePorts } from './usage.ts';

export interface AdministrationPorts extends ApiDependencies, ConfigurationPorts, UsagePorts {
  publicBaseUrl: string;
}

/** The routes of what every tenant has: its configuration, its usage, and the API's own description. */
export function administrationApp(ports: AdministrationPorts): Hono {
  const { app, serve } = protectedApp(ports);
  serveConfiguration(serve, ports);
  serveUsage(serve, ports);
  const document = once(() => openApiDocument(ports.publicBaseUrl));
  serve(routes.openApi, () => ({ body: document() }));
  return app;
}
