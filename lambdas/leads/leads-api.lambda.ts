import { systemClock } from '../shared/clock.ts';
import { http } from '../shared/http/lambda.ts';
import { enqueue } from '../shared/queue/enqueue.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { apiEnvironment } from './environment.ts';
import { leadRetentionFeature } from './features.ts';
import { leadKeys } from './intake.ts';
import { leadsApp } from './leads-api.ts';
import { leadLists } from './stores/lead-lists.ts';
import { leadStore } from './stores/lead-store.ts';

/** All routes of leads. */
export const handler = http('leads-api', apiEnvironment, (parts) => {
  const { env, log } = parts;
  const { api, tenants, tableOf } = tenancyOf(parts);
  const table = tableOf(env.LEADS_TABLE);
  const client = queueClient();
  return leadsApp({
    ...api,
    store: leadStore(table),
    lists: leadLists(table),
    idempotency: leadKeys(table),
    retentionDays: async (tenantId) =>
      (await leadRetentionFeature.read(tenants, tenantId, log)).days,
    queue: {
      // A fair queue: one tenant's flood does not hold up the others.
      enqueue: (message) =>
        enqueue(client, env.TRIAGE_QUEUE_URL, { body: message, groupId: message.tenant_id }),
    },
    clock: systemClock,
  });
});
