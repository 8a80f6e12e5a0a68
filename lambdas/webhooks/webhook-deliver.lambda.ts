import { systemClock } from '../shared/clock.ts';
import { consumerParts, worker } from '../shared/lambda.ts';
import { fairShare } from '../shared/limits/fair-share.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { publicFetch } from '../vendors/http/public-fetch.ts';
import { deliverConsumer } from './deliver.ts';
import { deliverEnvironment } from './environment.ts';
import { limits } from './limits.ts';
import { receiver } from './vendors/receiver.ts';
import { endpointsOf } from './wiring.ts';

/** Sends events to companies at their own URLs. */
export const handler = worker('webhook-deliver', deliverEnvironment, (parts) => {
  const { env, log, meter } = parts;
  const { table, tableOf, tenants } = tenancyOf(parts);
  const { endpoints, signingKey } = endpointsOf(env, table);
  const workers = { name: 'webhooks', concurrency: env.WORKER_CONCURRENCY };
  const queue = { queueUrl: env.WEBHOOK_QUEUE_URL, deadLetterUrl: env.WEBHOOK_DLQ_URL };
  return deliverConsumer(
    {
      tenant: tenants.tenant,
      endpoints,
      signingKey: signingKey.get,
      post: receiver({
        fetcher: publicFetch({ allowLoopback: env.LOOPBACK_URLS === 'allowed' }),
        timeoutMs: limits.requestTimeoutSeconds * 1000,
        now: Date.now,
      }),
      clock: systemClock,
      meter,
    },
    {
      ...consumerParts(parts, queue),
      share: fairShare(tableOf(env.WEBHOOKS_TABLE), workers, log),
    },
  );
});
