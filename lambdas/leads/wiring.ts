import type { Logger } from '@aws-lambda-powertools/logger';
import type { Meter } from '../shared/log.ts';
import { apiDependencies } from '../tenancy/authorize-request.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { leadStore } from './stores/lead-store.ts';
import { triageQueue } from './triage-queue.ts';

/** What both of this context's HTTP Lambdas work with. */
export function leadsDependencies(
  env: { TENANTS_TABLE: string; LEADS_TABLE: string; TRIAGE_QUEUE_URL: string },
  log: Logger,
  meter: Meter,
) {
  const { table: tenantItems, gate } = apiDependencies(env, log, meter);
  const table = { ...tenantItems, name: env.LEADS_TABLE };
  const queue = triageQueue(queueClient(), env.TRIAGE_QUEUE_URL);
  return { gate, tenantItems, table, store: leadStore(table), queue };
}
