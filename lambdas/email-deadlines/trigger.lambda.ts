import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { gateOf } from '../tenancy/adapters/gate-wiring.ts';
import { tenantDirectory } from '../tenancy/adapters/tenant-directory.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { expectationOf } from './adapters/expectation.ts';
import { idempotencyKeys } from './adapters/idempotency.ts';
import { enqueueRun } from './adapters/run-queue.ts';
import { runStore } from './adapters/run-store.ts';
import { pacingOf } from './adapters/wiring.ts';
import { triggerEnvironment } from './environment.ts';
import { runsApp } from './runs.ts';

const log = createLog('email-trigger');
const meter = createMeter('email-trigger');

/** Starts email runs and tells how far they are. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(triggerEnvironment);
  const { table: tenantItems, gate } = gateOf(env, log, meter);
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
