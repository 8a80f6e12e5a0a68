import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import type * as z from 'zod/mini';
import { queueClient } from '../vendors/aws/clients.ts';
import { systemClock } from './clock.ts';
import { readEnv } from './env.ts';
import { createLog, createMeter, type Meter, withIds } from './log.ts';
import { once } from './once.ts';
import type { Consume } from './queue/consume.ts';
import type { ConsumerParts } from './queue/delivery.ts';

/** What every function has: its environment, its log and its meter. */
export interface FunctionParts<Env> {
  env: Env;
  log: Logger;
  meter: Meter;
}

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * A Lambda function. What handles its events is made at the first of them, from the environment as its schema reads
 * it; log lines carry the invocation's id, and metrics are written at its end.
 */
export function lambda<Env, Event, Result>(
  name: string,
  environment: z.ZodMiniType<Env>,
  make: (parts: FunctionParts<Env>) => Handler<Event, Result>,
): Handler<Event, Result> {
  const [log, meter] = [createLog(name), createMeter(name)];
  const made = once(() => make({ env: readEnv(environment), log, meter }));
  return async (event, context) => {
    log.addContext(context);
    try {
      return await made()(event, context);
    } finally {
      meter.flush();
    }
  };
}

/** A function that answers HTTP requests. */
export const http = <Env>(
  name: string,
  environment: z.ZodMiniType<Env>,
  makeApp: (parts: FunctionParts<Env>) => Hono,
) =>
  lambda(name, environment, (parts: FunctionParts<Env>) => {
    const answer = handle(makeApp(parts));
    return (event: APIGatewayProxyEventV2) => answer(withoutIdleBody(event) as never);
  });

/** A GET with a body means what it means without; Hono's adapter would fail on it before any route is asked. */
function withoutIdleBody(event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 {
  if (!['GET', 'HEAD'].includes(event.requestContext.http.method)) return event;
  const { body: _idle, ...rest } = event;
  return { ...rest, isBase64Encoded: false };
}

/** A function that works off a queue. */
export const worker = <Env>(
  name: string,
  environment: z.ZodMiniType<Env>,
  makeConsumer: (parts: FunctionParts<Env>) => Consume,
) =>
  lambda(name, environment, (parts: FunctionParts<Env>) => {
    const consume = makeConsumer(parts);
    return ({ Records: records }: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
      consume(records, {
        owner: context.awsRequestId,
        remainingMs: () => context.getRemainingTimeInMillis(),
      });
  });

/** What the consumer of a worker's queue works with. */
export const consumerParts = (
  { log, meter }: Omit<FunctionParts<unknown>, 'env'>,
  urls: { queueUrl: string; deadLetterUrl: string },
): ConsumerParts => ({
  ...urls,
  client: queueClient(),
  clock: systemClock,
  random: Math.random,
  meter,
  logOf: (ids) => withIds(log, ids),
});
