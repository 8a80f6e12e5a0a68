import type { Context, Hono } from 'hono';
import { keyHeader } from '../shared/http/idempotency-key.ts';
import {
  eventOf,
  headerOf,
  httpApp,
  type Problem,
  problemResponse,
} from '../shared/http/problem.ts';
import { missing, readInput } from '../shared/http/read-input.ts';
import type { Answer, Input, Success } from '../shared/http/route.ts';
import { type ApiDependencies, authorizeRequest } from './authorize-request.ts';
import type { Caller } from './caller.ts';
import { type ApiRoute, platformPrefix } from './route.ts';

/** Handles a request whose caller may make it; its input is parsed by the route's own schemas. */
export type RouteHandler<R extends ApiRoute> = (
  input: Input<R> & { caller: Caller; sourceIp: string; remainingMs: () => number },
) => Answer<R> | Promise<Answer<R>>;

/** Serves a route of a protected app. */
export type Serve = ProtectedApp['serve'];

/** An app whose routes are all authorized: there is no way to add one without saying its scope. */
export interface ProtectedApp {
  app: Hono;
  serve<R extends ApiRoute>(route: R, handler: RouteHandler<R>): void;
}

/** An app that authorizes, counts and parses each request before its handler, and answers what is wrong with it. */
export function protectedApp(dependencies: ApiDependencies): ProtectedApp {
  const served = new WeakMap<Request, ApiRoute>();
  let isEnveloped = false;
  const refuse = (c: Context, problem: Problem) =>
    problemResponse(c, problem, isEnveloped ? { success: false } : {});
  const app = httpApp(dependencies.log, {
    refuse,
    whatNext: (c) => whatNext(c, served.get(c.req.raw)),
  });
  return {
    app,
    serve(route, handler) {
      isEnveloped ||= route.envelope === true;
      app.on(route.method, pathsOf(route), async (c) => {
        served.set(c.req.raw, route);
        const authorized = await authorizeRequest(c, route, dependencies);
        if ('problem' in authorized) return refuse(c, authorized.problem);
        const read = await readInput(c, route);
        if ('problem' in read) return refuse(c, read.problem);
        const answer =
          (await handler({
            ...read.input,
            ...authorized,
            sourceIp: sourceIpOf(c),
            remainingMs: remainingMsOf(c),
          })) ?? missing(route, c);
        return 'type' in answer ? refuse(c, answer) : successResponse(c, route, answer);
      });
    },
  };
}

/** How long the invocation may still work; without one, as long as it likes. */
function remainingMsOf(c: Context): () => number {
  const { lambdaContext } = (c.env ?? {}) as {
    lambdaContext?: { getRemainingTimeInMillis?(): number };
  };
  return () => lambdaContext?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
}

/** Whoever is connected to the API, which may be a proxy; empty where nobody says. */
function sourceIpOf(c: Context): string {
  const { http, identity } = (eventOf(c)?.requestContext ?? {}) as {
    http?: { sourceIp?: string };
    identity?: { sourceIp?: string };
  };
  return (http ?? identity)?.sourceIp ?? '';
}

const pathsOf = ({ path, envelope }: ApiRoute): string[] => {
  const pattern = path.replace(/\{(\w+)\}/g, ':$1');
  return envelope ? [pattern, platformPrefix + pattern] : [pattern];
};

function successResponse(
  c: Context,
  { success }: ApiRoute,
  { status = success.status, headers = {}, body }: Partial<Success<unknown>>,
): Response {
  if (status === 204) return c.body(null, status, headers);
  if (!(body instanceof ReadableStream)) return c.json(body, status, headers);
  return c.body(body, status, { 'content-type': success.mediaType ?? '', ...headers });
}

/** What a caller does whose request may have been handled or not. */
function whatNext(c: Context, route: ApiRoute | undefined): string {
  if (!route || route.method === 'GET') return 'Send it again.';
  const takesKey = keyHeader in (route.headers?.shape ?? {});
  if (!takesKey) return 'It may have been done all the same: read first, then send it again.';
  return headerOf(c, keyHeader.toLowerCase())
    ? `Send it again with the same ${keyHeader}: it will not be handled twice.`
    : `It may have been done all the same: look first, and send it again with an ${keyHeader}.`;
}
