import type { Context } from 'hono';
import type * as z from 'zod/mini';
import type { Fault } from '../fault.ts';
import { invalid, ofParameters, parsed } from './faults.ts';
import { keyHeader, keyMissing } from './idempotency-key.ts';
import { readJsonBody } from './json-body.ts';
import { headerOf, notFound, type Problem } from './problem.ts';
import type { Input, Route } from './route.ts';

/** The request as the route's own schemas parse it, or the problem to answer: 404 before 400, 413 or 415 before 422. */
export async function readInput<R extends Route>(
  c: Context,
  route: R,
): Promise<{ input: Input<R> } | { problem: Problem }> {
  const given = givenOf(c, route);
  const parts = {
    params: bySchema(route.params, given.params),
    query: bySchema(route.query, given.query),
    headers: bySchema(route.headers, given.headers),
  };
  if ('faults' in parts.params && route.missing !== undefined) {
    return { problem: missing(route, c) };
  }
  if (route.missingKey && !given.headers[keyHeader]?.trim()) {
    return { problem: keyMissing(route.missingKey) };
  }
  const faults = Object.values(parts).flatMap((part) => ('faults' in part ? part.faults : []));
  if (faults.length > 0) return { problem: invalid(ofParameters(faults)) };
  const body = await readBody(c, route);
  if ('problem' in body) return body;
  const values = Object.entries(parts).map(([name, part]) => [name, 'value' in part && part.value]);
  return { input: { ...Object.fromEntries(values), ...body } as Input<R> };
}

/** The 404 of a route, in its own words. */
export const missing = ({ missing: detail = '' }: Route, c: Context): Problem =>
  notFound(detail.replace(/\{(\w+)\}/g, (_, name: string) => c.req.param(name) ?? ''));

type Texts = Record<string, string | undefined>;

function givenOf(c: Context, { headers }: Route): Record<'params' | 'query' | 'headers', Texts> {
  const names = Object.keys(headers?.shape ?? {});
  return {
    params: c.req.param(),
    query: c.req.query(),
    headers: Object.fromEntries(names.map((name) => [name, headerOf(c, name.toLowerCase())])),
  };
}

type Parsed = { value: unknown } | { faults: Fault[] };

const bySchema = (schema: z.ZodMiniType | undefined, value: unknown): Parsed =>
  schema ? parsed(schema, value) : { value };

async function readBody(
  c: Context,
  route: Route,
): Promise<{ body: unknown; text: string } | { problem: Problem }> {
  if (!route.body) return { body: undefined, text: '' };
  const json = await readJsonBody(c, route);
  if ('problem' in json) return json;
  const { body: schema, readBody: read = (value: unknown) => parsed(schema, value) } = route;
  const result = read(json.value);
  return 'faults' in result
    ? { problem: invalid(result.faults) }
    : { body: result.value, text: json.text };
}
