import type { Context, Hono } from 'hono';
import type { Fault } from '../shared/fault.ts';
import { faultsOf, invalid, jsonBody, tooLarge } from '../shared/http/json-body.ts';
import { headerOf, problemResponse } from '../shared/http/problem.ts';
import { type ApiDependencies, protectedApp } from '../tenancy/protected-app.ts';
import { knownFeatures, schemaOf } from './features.ts';
import { limits } from './limits.ts';
import { configurationBody, featureName, pageQuery, routes } from './routes.ts';
import type { ConfigurationStore } from './stores/configuration-store.ts';
import type { Configured, Expected } from './work/configuration-item.ts';

export interface ConfigurationPorts extends ApiDependencies {
  store: ConfigurationStore;
  /** Features may name receivers on this machine by plain http. */
  loopback: boolean;
}

/** The tenant's own configuration: read, set, deleted, and who changed what. */
export function configurationApp({ store, loopback, ...gate }: ConfigurationPorts): Hono {
  const { app, serve } = protectedApp(gate);

  serve(routes.setConfiguration, async (c, { tenant_id, principal }) => {
    const feature = readFeature(c);
    if (feature instanceof Response) return feature;
    const body = await jsonBody(c, configurationBody, limits.featureBytes);
    if ('problem' in body) return body.problem;
    const faults = faultsOfFeature(feature, body.value.feature_value, loopback);
    if (faults.length > 0) return invalid(c, faults);
    // Written out, numbers such as 1e20 are longer than they came.
    const json = JSON.stringify(body.value.feature_value);
    if (Buffer.byteLength(json) > limits.featureBytes) return tooLarge(c, limits.featureBytes);
    const result = await store.set(tenant_id, feature, {
      json,
      by: principal,
      expected: expectedBy(c),
    });
    if (result.kind === 'conflict') return conflict(c);
    const note = schemaOf(feature, loopback) ? {} : { note: isFree };
    return configured(c, { ...result.configured, ...note }, result.created ? 201 : 200);
  });

  serve(routes.listConfiguration, async (c, { tenant_id }) => {
    const page = readPage(c);
    if (page instanceof Response) return page;
    const { items, next } = await store.list(tenant_id, page.limit, page.cursor);
    return c.json({ configurations: items, next_cursor: next ?? null });
  });

  serve(routes.listChanges, async (c, { tenant_id }) => {
    const feature = readFeature(c);
    if (feature instanceof Response) return feature;
    const page = readPage(c);
    if (page instanceof Response) return page;
    const found = await store.changes(tenant_id, feature, page.limit, page.cursor);
    if (!found) return notSet(c, feature);
    return c.json({ changes: found.items, next_cursor: found.next ?? null });
  });

  serve(routes.getConfiguration, async (c, { tenant_id }) => {
    const feature = readFeature(c);
    if (feature instanceof Response) return feature;
    const found = await store.find(tenant_id, feature);
    return found ? configured(c, found) : notSet(c, feature);
  });

  serve(routes.deleteConfiguration, async (c, { tenant_id, principal }) => {
    const feature = readFeature(c);
    if (feature instanceof Response) return feature;
    const change = { by: principal, expected: expectedBy(c) };
    const result = await store.remove(tenant_id, feature, change);
    if (!result) return notSet(c, feature);
    return result.kind === 'conflict' ? conflict(c) : c.body(null, 204);
  });

  return app;
}

function readFeature(c: Context): string | Response {
  const name = c.req.param('feature_name') ?? '';
  if (featureName.safeParse(name).success) return name;
  return invalid(c, [
    {
      pointer: 'feature_name',
      detail: 'It takes up to 128 letters, digits, dots, hyphens and underscores.',
    },
  ]);
}

function faultsOfFeature(feature: string, value: unknown, loopback: boolean): Fault[] {
  if (value === undefined) return [{ pointer: '#/feature_value', detail: 'It is missing.' }];
  const result = schemaOf(feature, loopback)?.safeParse(value);
  if (!result || result.success) return [];
  return faultsOf(value, result.error.issues).map((fault) => ({
    ...fault,
    pointer: fault.pointer.replace('#', '#/feature_value'),
  }));
}

/** RFC 9110: If-Match with the version's ETag, or If-None-Match: * for what must not be there. */
function expectedBy(c: Context): Expected {
  const match = headerOf(c, 'if-match')?.trim();
  if (match === '*') return 'present';
  if (match !== undefined) {
    const version = /^"(\d{1,12})"$/.exec(match)?.[1];
    return { version: version ? Number(version) : -1 };
  }
  const noneMatch = headerOf(c, 'if-none-match')?.trim();
  if (noneMatch === undefined) return undefined;
  // A precondition that cannot be kept refuses, rather than being passed over.
  return noneMatch === '*' || noneMatch === '"*"' ? 'absent' : { version: -1 };
}

function readPage(c: Context): { limit: number; cursor?: string } | Response {
  const query = c.req.query();
  const result = pageQuery.safeParse(query);
  if (!result.success) {
    const ofLimit = `It is a number from 1 to ${limits.pageSize}.`;
    const faults = result.error.issues.map(({ path: [pointer] }) => ({
      pointer: String(pointer),
      detail: pointer === 'limit' ? ofLimit : 'It is none that was given as next_cursor.',
    }));
    return invalid(c, faults);
  }
  const { limit, cursor } = result.data;
  return { limit: Number(limit ?? limits.pageSize), ...(cursor !== undefined && { cursor }) };
}

/** A company's own programs may keep features here; a name that was misspelt looks the same. */
const isFree = `It is kept, but nothing here reads it: the product reads ${Object.keys(knownFeatures).join(', ')}.`;

function configured(c: Context, found: Configured, status: 200 | 201 = 200): Response {
  c.header('etag', `"${found.version}"`);
  return c.json(found, status);
}

const conflict = (c: Context): Response =>
  problemResponse(c, {
    type: 'precondition-failed',
    title: 'It was changed meanwhile',
    status: 412,
    detail: 'The feature is not at the version that you named: read it again, then change it.',
  });

const notSet = (c: Context, feature: string): Response =>
  problemResponse(c, {
    type: 'not-found',
    title: 'Not found',
    status: 404,
    detail: `The feature ${feature} is not set.`,
  });
