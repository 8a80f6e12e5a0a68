import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Context as HonoContext } from 'hono';
import { Hono } from 'hono';
import { asEngineError } from '../errors.ts';
import type { Fault } from '../fault.ts';
import { errorForLog, type Log } from '../log.ts';

/** RFC 9457. `type` ends in a heading of docs/reference/errors.md. */
export interface Problem {
  type: string;
  title: string;
  status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503;
  detail: string;
  /** Every fault of the request, each with the place of its field. */
  errors?: Fault[];
}

const problemType = (heading: string): string => `urn:replies-engine:error:${heading}`;

export const problemResponse = (c: HonoContext, problem: Problem): Response =>
  c.body(JSON.stringify({ ...problem, type: problemType(problem.type) }), problem.status, {
    'content-type': 'application/problem+json',
  });

/** The event of the HTTP API that the request is made of; undefined where it came another way. */
export const eventOf = (c: HonoContext): APIGatewayProxyEventV2 | undefined =>
  (c.env as { event?: APIGatewayProxyEventV2 } | undefined)?.event;

/** A header of the request, also one that is empty: Hono's adapter drops those. Its name is in lower case. */
export const headerOf = (c: HonoContext, name: string): string | undefined =>
  c.req.header(name) ?? eventOf(c)?.headers?.[name];

const onceForAll = 'Send it again: it will not be handled twice.';

/**
 * An app whose unknown routes and unexpected errors are answered as problems, and logged. `whatNext` says
 * what a caller does who was answered 503; by default that what comes twice is handled once.
 */
export function httpApp(log: Log, whatNext = (_c: HonoContext): string => onceForAll): Hono {
  const app = new Hono();
  app.notFound((c) =>
    problemResponse(c, {
      type: 'not-found',
      title: 'Not found',
      status: 404,
      detail: `There is no ${c.req.method} ${c.req.path}.`,
    }),
  );
  app.onError((thrown, c) => {
    const error = asEngineError(thrown);
    log.error('The request failed.', { error_code: error.code, error: errorForLog(error) });
    return problemResponse(c, {
      type: 'unavailable',
      title: 'Temporarily unavailable',
      status: 503,
      detail: `The request could not be handled (${error.code}). ${whatNext(c)}`,
    });
  });
  return app;
}
