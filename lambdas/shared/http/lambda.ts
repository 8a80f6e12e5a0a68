import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import type * as z from 'zod/mini';
import { type FunctionParts, meteredLambda } from '../lambda.ts';

/** A function that answers HTTP requests. */
export const http = <Env>(
  name: string,
  environment: z.ZodMiniType<Env>,
  makeApp: (parts: FunctionParts<Env>) => Hono,
) =>
  meteredLambda(name, environment, (parts: FunctionParts<Env>) => {
    const answer = handle(makeApp(parts));
    return (event: APIGatewayProxyEventV2) => answer(withoutIdleBody(event) as never);
  });

/** The body of a GET is ignored; Hono's adapter would fail on it before any route is called. */
function withoutIdleBody(event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 {
  if (!['GET', 'HEAD'].includes(event.requestContext.http.method)) return event;
  const { body: _idle, ...rest } = event;
  return { ...rest, isBase64Encoded: false };
}
