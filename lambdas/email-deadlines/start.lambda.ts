import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { systemClock } from '../shared/clock.ts';
import { readEnv } from '../shared/env.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { once } from '../shared/once.ts';
import { consumerQueue } from '../shared/queue/consumer-queue.ts';
import { settlement } from '../shared/queue/settlement.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { consumeRuns, type RunsConsumer } from './consume-runs.ts';
import { startEnvironment } from './environment.ts';
import { type EmailSources, loadEmails } from './load-emails.ts';
import { sendReady } from './ready-queue.ts';
import { enqueueRun } from './run-queue.ts';
import { mailboxMissing, mailboxUrlOf } from './stores/company.ts';
import { expectationOf } from './stores/expectation.ts';
import { runStore } from './stores/run-store.ts';
import { fetchEmails } from './vendors/mailbox.ts';
import { mailboxKeys, pacingOf, tablesOf } from './wiring.ts';
import type { StartPorts } from './work/run-ports.ts';

const log = createLog('email-start');
const meter = createMeter('email-start');

/** How soon a run is looked after again. */
const watchSeconds = 45;

const consumer = once((): RunsConsumer => {
  const env = readEnv(startEnvironment);
  const { table, tenants } = tablesOf(env);
  const queue = queueClient();
  const keys = mailboxKeys(env);
  const place = async (
    tenantId: string,
    which: 'emails_url' | 'respond_url',
    fallback?: string,
  ) => {
    const found = await mailboxUrlOf(tenants, tenantId, which, fallback);
    if (found) return found;
    throw mailboxMissing(tenantId, which);
  };
  const runs = runStore(table);
  const sources: EmailSources = {
    given: runs.given,
    async checkMailbox({ tenant_id }) {
      const there = await place(tenant_id, 'respond_url', env.RESPOND_URL);
      (await keys.get())(tenant_id, there);
    },
    async fetchEmails({ tenant_id, test_mode }) {
      const from = await place(tenant_id, 'emails_url', env.EMAILS_URL);
      const apiKey = async () => (await keys.get())(tenant_id, from);
      const calls = { apiKey, renewKeys: keys.refresh, timeoutMs: env.REQUEST_TIMEOUT * 1000 };
      const allowLoopback = env.LOOPBACK_URLS === 'allowed';
      return fetchEmails({ ...from, ...calls, allowLoopback }, test_mode);
    },
    log,
    meter,
  };
  const ports: StartPorts = {
    runs,
    loadEmails: (run) => loadEmails(run, sources),
    isSuspended: async ({ tenant_id }) => (await tenants.tenant(tenant_id))?.status === 'suspended',
    expectation: ({ tenant_id }) => expectationOf(table, tenants, tenant_id, pacingOf(env)),
    enqueue: (messages) => sendReady(queue, env.READY_QUEUE_URL, messages, Date.now()),
    watchLater: (message) => enqueueRun(queue, env.RUN_QUEUE_URL, message, watchSeconds),
    clock: systemClock,
    log,
    meter,
  };
  const ownQueue = { queueUrl: env.RUN_QUEUE_URL, deadLetterUrl: env.RUN_DLQ_URL };
  return {
    ports,
    random: Math.random,
    settlement: settlement({ queue: consumerQueue(queue, ownQueue), meter, clock: systemClock }),
  };
});

/** Starts runs and looks after them. */
export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  try {
    const invocation = {
      owner: context.awsRequestId,
      remainingMs: () => context.getRemainingTimeInMillis(),
    };
    return await consumeRuns(event.Records, consumer(), invocation);
  } finally {
    meter.flush();
  }
};
