import type { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import type * as z from 'zod/mini';
import { type FunctionParts, meteredLambda } from '../lambda.ts';
import type { ApiEvent } from './problem.ts';

/** A function that answers HTTP requests. */
export const http = <Env>(
  name: string,
  environment: z.ZodMiniType<Env>,
  makeApp: (parts: FunctionParts<Env>) => Hono,
) =>
  meteredLambda(name, environment, (parts: FunctionParts<Env>) => {
    const answer = handle(makeApp(parts));
    return (event: ApiEvent) => answer(withoutIdleBody(event) as never);
  });

/** The body of a GET is ignored; Hono's adapter would fail on it before any route is called. */
export function withoutIdleBody(event: ApiEvent): ApiEvent {
  const method = 'httpMethod' in event ? event.httpMethod : event.requestContext.http.method;
  if (!['GET', 'HEAD'].includes(method)) return event;
  return { ...event, body: null, isBase64Encoded: false } as ApiEvent;
}
