import { systemClock } from '../shared/clock.ts';
import { consumerParts, worker } from '../shared/lambda.ts';
import { fairShare } from '../shared/limits/fair-share.ts';
import { tenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { documentClient } from '../vendors/aws/clients.ts';
import { publicFetch } from '../vendors/http/public-fetch.ts';
import { deliverConsumer } from './deliver.ts';
import { deliverEnvironment } from './environment.ts';
import { limits } from './limits.ts';
import { receiver } from './vendors/receiver.ts';
import { endpointsOf } from './wiring.ts';

/** Tells companies of events at their own URLs. */
export const handler = worker('webhook-deliver', deliverEnvironment, ({ env, log, meter }) => {
  const tenants = { client: documentClient(), name: env.TENANTS_TABLE, clock: systemClock };
  const { endpoints, signingKey } = endpointsOf(env, tenants);
  const workers = { name: 'webhooks', concurrency: env.WORKER_CONCURRENCY };
  const ports = {
    tenant: tenantDirectory(tenants).tenant,
    endpoints,
    signingKey: signingKey.get,
    post: receiver({
      fetcher: publicFetch({ allowLoopback: env.LOOPBACK_URLS === 'allowed' }),
      timeoutMs: limits.requestTimeoutSeconds * 1000,
      now: Date.now,
    }),
    clock: systemClock,
    meter,
  };
  const queue = { queueUrl: env.WEBHOOK_QUEUE_URL, deadLetterUrl: env.WEBHOOK_DLQ_URL };
  const share = fairShare({ ...tenants, name: env.WEBHOOKS_TABLE }, workers, log);
  return deliverConsumer(ports, { ...consumerParts({ log, meter }, queue), share });
});
