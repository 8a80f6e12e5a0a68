import { expect } from 'vitest';
import * as z from 'zod/mini';
import { allRoutes, openApiDocument } from '../../lambdas/administration/openapi.ts';
import { type ApiRoute, platformPrefix } from '../../lambdas/tenancy/route.ts';

interface Answer {
  description: string;
  content?: Record<string, unknown>;
}

const document = openApiDocument({
  publicBaseUrl: 'https://api.example',
  streamingBaseUrl: 'https://streaming.example',
}) as {
  paths: Record<string, Record<string, { responses: Record<string, Answer> }>>;
};

/** Paths without a parameter come first, as they do in the HTTP API. */
const routes = allRoutes.toSorted(
  (one, other) => Number(one.path.includes('{')) - Number(other.path.includes('{')),
);

function routeOf(method: string, path: string): ApiRoute | undefined {
  const [pathname = ''] = path.replace(platformPrefix, '').split('?');
  return routes.find(
    (route) =>
      route.method === method &&
      new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
}

/** Holds an answer against the OpenAPI document: its status, content type and body. Gives it back, unread. */
export async function documented(
  method: string,
  path: string,
  response: Response,
): Promise<Response> {
  // `fetch` takes dots out of a path.
  const route = routeOf(method, response.url ? new URL(response.url).pathname : path);
  if (!route) return response;
  const { status } = response;
  const what = `${method} ${route.path} answers ${status}`;
  const answer = document.paths[route.path]?.[method.toLowerCase()]?.responses[status];
  expect(answer, what).toBeDefined();
  const type = response.headers.get('content-type')?.split(';')[0] ?? null;
  const types = Object.keys(answer?.content ?? {});
  expect(types.length > 0 ? types : [null], what).toContain(type);
  if (!type?.endsWith('json')) return response;
  const body: unknown = await response.clone().json();
  if (type === 'application/problem+json') {
    const { type: heading = '' } = body as { type?: string };
    const headings = answer?.description.split(/[,;] /);
    expect(headings, what).toContain(heading.replace('urn:replies-engine:error:', ''));
  } else if (status < 300 && route.success.schema) {
    // What the schema does not know is left out of what it gives.
    expect(z.parse(route.success.schema, body), what).toEqual(body);
  } else {
    expect(body, what).toEqual({ message: expect.any(String) });
  }
  return response;
}
