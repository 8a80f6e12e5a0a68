import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type * as z from 'zod/mini';
import { queueClient } from '../vendors/aws/clients.ts';
import { systemClock } from './clock.ts';
import { readEnv } from './env.ts';
import { createLog, createMeter, type Meter, withIds } from './log.ts';
import type { Consume } from './queue/consume.ts';
import type { ConsumerParts } from './queue/consumer.ts';

/** What a function works with: its environment, as its schema reads it, its log and its meter. */
export interface FunctionParts<Env> {
  env: Env;
  log: Logger;
  meter: Meter;
}

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/** A Lambda function. What handles its events is made at the first of them; its log lines carry the invocation's id. */
export function lambda<Env, Event, Result>(
  name: string,
  environment: z.ZodMiniType<Env>,
  make: (parts: Omit<FunctionParts<Env>, 'meter'>) => Handler<Event, Result>,
): Handler<Event, Result> {
  const log = createLog(name);
  let handler: Handler<Event, Result> | undefined;
  return async (event, context) => {
    log.addContext(context);
    handler ??= make({ env: readEnv(environment), log });
    return handler(event, context);
  };
}

/** A Lambda function with metrics, which are written at the end of each invocation. */
export function meteredLambda<Env, Event, Result>(
  name: string,
  environment: z.ZodMiniType<Env>,
  make: (parts: FunctionParts<Env>) => Handler<Event, Result>,
): Handler<Event, Result> {
  const meter = createMeter(name);
  return lambda(name, environment, (parts) => {
    const handler = make({ ...parts, meter });
    return async (event: Event, context: Context) => {
      try {
        return await handler(event, context);
      } finally {
        meter.flush();
      }
    };
  });
}

/** A function that handles the messages of a queue. */
export const worker = <Env>(
  name: string,
  environment: z.ZodMiniType<Env>,
  makeConsumer: (parts: FunctionParts<Env>) => Consume,
) =>
  meteredLambda(name, environment, (parts: FunctionParts<Env>) => {
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
