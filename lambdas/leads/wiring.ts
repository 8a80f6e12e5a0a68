import type { FunctionParts } from '../shared/lambda.ts';
import { enqueue, type QueueClient } from '../shared/queue/enqueue.ts';
import { type Tenancy, tenancyOf } from '../tenancy/wiring.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import type { TriageMessage, TriageQueue } from './messages.ts';
import { leadStore } from './stores/lead-store.ts';

interface LeadsEnvironment {
  TENANTS_TABLE: string;
  LEADS_TABLE: string;
  TRIAGE_QUEUE_URL: string;
}

/** A fair queue: one tenant's flood does not hold up the others. */
export const triageQueue = (client: QueueClient, queueUrl: string): TriageQueue => ({
  enqueue: (message: TriageMessage) =>
    enqueue(client, queueUrl, { body: message, groupId: message.tenant_id }),
});

/** What both of this context's HTTP functions work with. */
export function leadsApiOf(parts: FunctionParts<LeadsEnvironment>) {
  const { api, tenants, tableOf }: Tenancy = tenancyOf(parts);
  const table = tableOf(parts.env.LEADS_TABLE);
  const queue = triageQueue(queueClient(), parts.env.TRIAGE_QUEUE_URL);
  return { api, tenants, table, store: leadStore(table), queue };
}
