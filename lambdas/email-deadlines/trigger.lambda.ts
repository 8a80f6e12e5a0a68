import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { apiDependencies } from '../tenancy/authorize-request.ts';
import { tenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { triggerEnvironment } from './environment.ts';
import { enqueueRun } from './run-queue.ts';
import { runsApp } from './runs.ts';
import { expectationOf } from './stores/expectation.ts';
import { idempotencyKeys } from './stores/idempotency.ts';
import { runStore } from './stores/run-store.ts';
import { pacingOf } from './wiring.ts';

const log = createLog('email-trigger');
const meter = createMeter('email-trigger');

/** Starts email runs and tells how far they are. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(triggerEnvironment);
  const { table: tenantItems, gate } = apiDependencies(env, log, meter);
  const table = { ...tenantItems, name: env.EMAIL_RUNS_TABLE };
  const tenants = tenantDirectory(tenantItems);
  const queue = queueClient();
  return runsApp({
    ...gate,
    runs: runStore(table),
    idempotency: idempotencyKeys(table),
    expectation: (tenantId) => expectationOf(table, tenants, tenantId, pacingOf(env)),
    enqueue: (message) => enqueueRun(queue, env.RUN_QUEUE_URL, message),
    testMode: env.TEST_MODE === 'true',
    concurrencyLimit: env.CONCURRENCY_LIMIT,
  });
});
