import type { Hono } from 'hono';
import type { ApiDependencies } from '../tenancy/authorize-request.ts';
import { protectedApp } from '../tenancy/protected-app.ts';
import { type InsightsPorts, serveInsights } from './insights.ts';
import { type IntakePorts, serveIntake } from './intake.ts';

export type LeadsPorts = ApiDependencies & IntakePorts & InsightsPorts;

/** The routes of leads. */
export function leadsApp(ports: LeadsPorts): Hono {
  const { app, serve } = protectedApp(ports);
  serveIntake(serve, ports);
  serveInsights(serve, ports);
  return app;
}
