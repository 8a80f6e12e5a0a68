import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import type { Meter } from '../log.ts';
import { once } from '../once.ts';

/** The handler of an HTTP Lambda: its app is made on the first request, its metrics are written after each. */
export function httpLambda(log: Logger, meter: Meter, makeApp: () => Hono) {
  const app = once(() => handle(makeApp()));
  return async (event: APIGatewayProxyEventV2, context: Context) => {
    log.addContext(context);
    try {
      return await app()(withoutIdleBody(event) as never);
    } finally {
      meter.flush();
    }
  };
}

/** A GET with a body means what it means without; Hono's adapter would fail on it before any route is asked. */
function withoutIdleBody(event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 {
  if (!['GET', 'HEAD'].includes(event.requestContext.http.method)) return event;
  const { body: _idle, ...rest } = event;
  return { ...rest, isBase64Encoded: false };
}
