import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Context } from 'hono';
import { Hono } from 'hono';
import { asEngineError } from '../errors.ts';
import type { Fault } from '../fault.ts';
import { errorForLog, type Log } from '../log.ts';
import { headerIn } from './header.ts';

/** RFC 9457. `type` ends in a heading of docs/reference/errors.md. */
export interface Problem {
  type: string;
  title: string;
  status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503;
  detail: string;
  /** Every fault of the request, each with the place of its field. */
  errors?: Fault[];
  /** Headers of the answer, which are no part of its body. */
  headers?: Record<string, string>;
}

/** Answers a problem as JSON; `members` are more that its body has. */
export const problemResponse = (c: Context, problem: Problem, members: object = {}): Response => {
  const { headers, type, ...rest } = problem;
  const body = { ...members, type: `urn:replies-engine:error:${type}`, ...rest };
  return c.body(JSON.stringify(body), problem.status, {
    ...headers,
    'content-type': 'application/problem+json',
  });
};

/** There is no such thing for this caller. */
export const notFound = (detail: string): Problem => ({
  type: 'not-found',
  title: 'Not found',
  status: 404,
  detail,
});

/** Refuses a body that is too large, as it came or as it would be stored. */
export const tooLarge = (maxBytes: number): Problem => ({
  type: 'body-too-large',
  title: 'The body is too large',
  status: 413,
  detail: `It may have at most ${maxBytes} bytes.`,
});

/** A request as an API hands it over: the HTTP API by payload 2.0, the REST API by 1.0. */
export type ApiEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** The event of the API that the request is made of; undefined where it came another way. */
export const eventOf = (c: Context): ApiEvent | undefined =>
  (c.env as { event?: ApiEvent } | undefined)?.event;

/** A header of the request, also one that is empty: Hono's adapter drops those. Its name is in lower case. */
export const headerOf = (c: Context, name: string): string | undefined =>
  c.req.header(name) ?? headerIn(eventOf(c)?.headers, name);

/** How an app answers problems, and what it tells a caller who gets 503. */
export interface HttpAppOptions {
  refuse?: (c: Context, problem: Problem) => Response;
  /** What the caller does next; by default: send it again, it is handled once. */
  whatNext?: (c: Context) => string;
}

const onceForAll = 'Send it again: it will not be handled twice.';

/** An app that answers unknown routes and unexpected errors as problems, and logs them. */
export function httpApp(
  log: Log,
  { refuse = problemResponse, whatNext = () => onceForAll }: HttpAppOptions = {},
): Hono {
  const app = new Hono();
  app.notFound((c) => refuse(c, notFound(`There is no ${c.req.method} ${c.req.path}.`)));
  app.onError((thrown, c) => {
    const error = asEngineError(thrown);
    log.error('The request failed.', { error_code: error.code, error: errorForLog(error) });
    return refuse(c, {
      type: 'unavailable',
      title: 'Temporarily unavailable',
      status: 503,
      detail: `The request could not be handled (${error.code}). ${whatNext(c)}`,
    });
  });
  return app;
}
