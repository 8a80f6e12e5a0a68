import { http } from '../shared/http/lambda.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { triggerEnvironment } from './environment.ts';
import { runKeys, runsApp } from './runs.ts';
import { expectationOf } from './stores/expectation.ts';
import { runStore } from './stores/run-store.ts';
import { enqueueRun, pacingOf } from './wiring.ts';

/** Starts email runs and tells how far they are. */
export const handler = http('email-trigger', triggerEnvironment, (parts) => {
  const { env } = parts;
  const { api, tableOf, tenants } = tenancyOf(parts);
  const table = tableOf(env.EMAIL_RUNS_TABLE);
  const queue = queueClient();
  return runsApp({
    ...api,
    runs: runStore(table),
    idempotency: runKeys(table),
    expectation: (tenantId) => expectationOf(table, tenants, tenantId, pacingOf(env)),
    enqueue: (message) => enqueueRun(queue, env.RUN_QUEUE_URL, message),
    testMode: env.TEST_MODE === 'true',
    concurrencyLimit: env.CONCURRENCY_LIMIT,
  });
});
