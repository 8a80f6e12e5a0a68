import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { publisher } from '../events/adapters/event-publisher.ts';
import { systemClock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog, createMeter, errorForLog, type Log } from '../runtime/log.ts';
import { once } from '../runtime/once.ts';
import { tenantDirectory } from '../tenancy/adapters/tenant-directory.ts';
import { usageCounter } from '../tenancy/adapters/usage-counter.ts';
import {
  documentClient,
  eventsClient,
  queueClient,
  secretsClient,
} from '../vendors/aws/clients.ts';
import { consumerQueue } from '../vendors/aws/consumer-queue.ts';
import { fairShare } from '../vendors/aws/fair-share.ts';
import { cachedSecret } from '../vendors/aws/secrets.ts';
import { settlement } from '../vendors/aws/settlement.ts';
import { openAiSource, parseOpenAiKey } from '../vendors/openai/client.ts';
import { usageMeter } from '../vendors/openai/usage.ts';
import { consumeLeads, type LeadsConsumer } from './adapters/consume-leads.ts';
import { judgeOf } from './adapters/judges.ts';
import { leadLists } from './adapters/lead-lists.ts';
import { leadStore } from './adapters/lead-store.ts';
import { modelBudget } from './adapters/model-budget.ts';
import { triageEnvironment } from './environment.ts';
import { insightCreated, triageLead } from './triage-lead.ts';

const log = createLog('lead-triage');
const meter = createMeter('lead-triage');

const consumer = once((): LeadsConsumer => {
  const env = readEnv(triageEnvironment);
  const client = documentClient();
  const table = { client, name: env.LEADS_TABLE, clock: systemClock };
  const tenantItems = { client, name: env.TENANTS_TABLE, clock: systemClock };
  const tenants = tenantDirectory(tenantItems);
  const usage = usageCounter(tenantItems);
  const budget = modelBudget(usage, systemClock);
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
        judgeOf: (tenantId, adapter) =>
          judgeOf(tenantId, adapter, {
            tenants,
            budget,
            openAi,
            onUsage,
            log: child,
            meter,
            tries,
          }),
        announce: (tenant_id, insight) => events.publish(insightCreated(tenant_id, insight)),
        countLead: countLead(child),
        clock: systemClock,
        log: child,
        meter,
      }),
    noteFailed: store.setFailed,
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
