import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { publisher } from '../events/publisher.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnv } from '../shared/env.ts';
import { fairShare } from '../shared/limits/fair-share.ts';
import { createLog, createMeter, errorForLog, type Log } from '../shared/log.ts';
import { once } from '../shared/once.ts';
import { consumerQueue } from '../shared/queue/consumer-queue.ts';
import { settlement } from '../shared/queue/settlement.ts';
import { tenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { usageCounter } from '../tenancy/stores/usage-counter.ts';
import {
  documentClient,
  eventsClient,
  queueClient,
  secretsClient,
} from '../vendors/aws/clients.ts';
import { cachedSecret } from '../vendors/aws/secrets.ts';
import { openAiSource, parseOpenAiKey } from '../vendors/openai/client.ts';
import { usageMeter } from '../vendors/openai/usage.ts';
import { consumeLeads, type LeadsConsumer } from './consume-leads.ts';
import { triageEnvironment } from './environment.ts';
import { leadLists } from './stores/lead-lists.ts';
import { leadStore } from './stores/lead-store.ts';
import { modelCallLimit } from './stores/model-call-limit.ts';
import { insightCreated, triageLead } from './triage-lead.ts';
import { classifierFor } from './vendors/classifiers.ts';

const log = createLog('lead-triage');
const meter = createMeter('lead-triage');

const consumer = once((): LeadsConsumer => {
  const env = readEnv(triageEnvironment);
  const client = documentClient();
  const table = { client, name: env.LEADS_TABLE, clock: systemClock };
  const tenantItems = { client, name: env.TENANTS_TABLE, clock: systemClock };
  const tenants = tenantDirectory(tenantItems);
  const usage = usageCounter(tenantItems);
  const budget = modelCallLimit(usage, systemClock);
  const key = cachedSecret(
    secretsClient(env.SECRETS_MANAGER_REGION),
    env.OPENAI_API_KEY_SECRET_ID,
    parseOpenAiKey,
    systemClock,
  );
  const events = publisher({ client: eventsClient(), busName: env.EVENT_BUS_NAME });
  const openAi = openAiSource(key, env.OPENAI_BASE_URL);
  const onUsage = usageMeter(meter, env.OPENAI_BASE_URL);
  const [store, lists] = [leadStore(table), leadLists(table)];

  /** A lead that is judged is not judged again because it could not be counted. */
  const countLead = (to: Log) => async (tenantId: string) => {
    try {
      await usage.count(tenantId, 'leads');
    } catch (error) {
      to.warn('A lead could not be counted in the usage.', { error: errorForLog(error) });
    }
  };

  return {
    handle: (message, child, tries) =>
      triageLead(message, {
        store,
        lists,
        classifierFor: (tenantId, adapter) =>
          classifierFor(tenantId, adapter, {
            tenants,
            budget,
            openAi,
            onUsage,
            log: child,
            meter,
            tries,
          }),
        publish: (tenant_id, insight) => events.publish(insightCreated(tenant_id, insight)),
        countLead: countLead(child),
        clock: systemClock,
        log: child,
        meter,
      }),
    recordFailed: store.setFailed,
    now: Date.now,
    settlement: settlement({
      queue: consumerQueue(queueClient(), {
        queueUrl: env.TRIAGE_QUEUE_URL,
        deadLetterUrl: env.TRIAGE_DLQ_URL,
      }),
      meter,
      clock: systemClock,
    }),
    share: fairShare(table, { name: 'triage', concurrency: env.WORKER_CONCURRENCY }, log),
    logOf(ids) {
      const child = log.createChild();
      child.appendKeys(ids);
      return child;
    },
    meter,
    random: Math.random,
  };
});

/** Judges leads, and names those that must come back. */
export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  try {
    return await consumeLeads(event.Records, consumer(), context.getRemainingTimeInMillis());
  } finally {
    meter.flush();
  }
};
