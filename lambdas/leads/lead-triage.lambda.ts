import { publisher } from '../events/publisher.ts';
import { systemClock } from '../shared/clock.ts';
import { consumerParts, worker } from '../shared/lambda.ts';
import { fairShare } from '../shared/limits/fair-share.ts';
import { errorForLog } from '../shared/log.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { eventsClient } from '../vendors/aws/clients.ts';
import { openAiOf } from '../vendors/openai/client.ts';
import { triageEnvironment } from './environment.ts';
import { leadLists } from './stores/lead-lists.ts';
import { leadStore } from './stores/lead-store.ts';
import { modelCallLimit } from './stores/model-call-limit.ts';
import { triageConsumer } from './triage.ts';
import { insightCreated, triageLead } from './triage-lead.ts';
import { classifierFor } from './vendors/classifiers.ts';

/** Classifies leads. */
export const handler = worker('lead-triage', triageEnvironment, (parts) => {
  const { env, log, meter } = parts;
  const { tenants, usage, tableOf } = tenancyOf(parts);
  const table = tableOf(env.LEADS_TABLE);
  const [store, lists] = [leadStore(table), leadLists(table)];
  const model = { ...openAiOf(env, meter), budget: modelCallLimit(usage, systemClock) };
  const events = publisher({ client: eventsClient(), busName: env.EVENT_BUS_NAME });
  const workers = { name: 'triage', concurrency: env.WORKER_CONCURRENCY };
  const queue = { queueUrl: env.TRIAGE_QUEUE_URL, deadLetterUrl: env.TRIAGE_DLQ_URL };

  return triageConsumer(
    {
      triage: (message, child, tries) =>
        triageLead(message, {
          store,
          lists,
          classifierFor: (tenantId, adapter) =>
            classifierFor(tenantId, adapter, { ...model, tenants, log: child, meter, tries }),
          publish: (tenant_id, insight) => events.publish(insightCreated(tenant_id, insight)),
          // A lead that is classified is not classified again because it could not be counted.
          countLead: (tenantId) =>
            usage.count(tenantId, 'leads').catch((error) =>
              child.warn('A lead could not be counted in the usage.', {
                error: errorForLog(error),
              }),
            ),
          clock: systemClock,
          log: child,
          meter,
        }),
      recordFailed: store.setFailed,
      meter,
    },
    { ...consumerParts(parts, queue), share: fairShare(table, workers, log) },
  );
});
