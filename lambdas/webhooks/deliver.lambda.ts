import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { systemClock } from '../shared/clock.ts';
import { readEnv } from '../shared/env.ts';
import { fairShare } from '../shared/limits/fair-share.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { once } from '../shared/once.ts';
import { consumerQueue } from '../shared/queue/consumer-queue.ts';
import { settlement } from '../shared/queue/settlement.ts';
import { tenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { documentClient, queueClient } from '../vendors/aws/clients.ts';
import { publicFetch } from '../vendors/http/public-fetch.ts';
import { consumeBatch, type DeliveryConsumer } from './consume-batch.ts';
import { deliverEnvironment } from './environment.ts';
import { limits } from './limits.ts';
import { receiver } from './vendors/receiver.ts';
import { endpointsOf } from './wiring.ts';

const log = createLog('webhook-deliver');
const meter = createMeter('webhook-deliver');

const consumer = once((): DeliveryConsumer => {
  const env = readEnv(deliverEnvironment);
  const tenants = { client: documentClient(), name: env.TENANTS_TABLE, clock: systemClock };
  const { endpoints, signingKey } = endpointsOf(env, tenants);
  return {
    settlement: settlement({
      queue: consumerQueue(queueClient(), {
        queueUrl: env.WEBHOOK_QUEUE_URL,
        deadLetterUrl: env.WEBHOOK_DLQ_URL,
      }),
      meter,
      clock: systemClock,
    }),
    share: fairShare(
      { ...tenants, name: env.WEBHOOKS_TABLE },
      { name: 'webhooks', concurrency: env.WORKER_CONCURRENCY },
      log,
    ),
    ports: {
      tenant: tenantDirectory(tenants).tenant,
      endpoints,
      signingKey: signingKey.get,
      post: receiver({
        fetcher: publicFetch({ allowLoopback: env.LOOPBACK_URLS === 'allowed' }),
        timeoutMs: limits.requestTimeoutSeconds * 1000,
        now: Date.now,
      }),
      clock: systemClock,
      random: Math.random,
      log,
      meter,
    },
  };
});

/** Tells companies of events at their own URLs. */
export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  try {
    return await consumeBatch(event.Records, consumer(), context.getRemainingTimeInMillis());
  } finally {
    meter.flush();
  }
};
