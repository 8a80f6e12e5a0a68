import { systemClock } from '../shared/clock.ts';
import { consumerParts, worker } from '../shared/lambda.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { startEnvironment } from './environment.ts';
import { type EmailSources, loadEmails } from './load-emails.ts';
import { sendReady } from './ready-queue.ts';
import { startConsumer } from './start.ts';
import { mailboxMissing, mailboxUrlOf } from './stores/company.ts';
import { expectationOf } from './stores/expectation.ts';
import { runStore } from './stores/run-store.ts';
import { fetchEmails } from './vendors/mailbox.ts';
import { enqueueRun, mailboxKeys, pacingOf } from './wiring.ts';

/** Seconds until a run is checked again. */
const watchSeconds = 45;

/** Starts runs and watches them. */
export const handler = worker('email-start', startEnvironment, (parts) => {
  const { env, log, meter } = parts;
  const { tenants, tableOf } = tenancyOf(parts);
  const table = tableOf(env.EMAIL_RUNS_TABLE);
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
  return startConsumer(
    {
      runs,
      loadEmails: (run) => loadEmails(run, sources),
      isSuspended: async ({ tenant_id }) =>
        (await tenants.tenant(tenant_id))?.status === 'suspended',
      expectation: ({ tenant_id }) => expectationOf(table, tenants, tenant_id, pacingOf(env)),
      enqueue: (messages) => sendReady(queue, env.READY_QUEUE_URL, messages, Date.now()),
      watchLater: (message) => enqueueRun(queue, env.RUN_QUEUE_URL, message, watchSeconds),
      clock: systemClock,
      log,
      meter,
    },
    consumerParts(parts, { queueUrl: env.RUN_QUEUE_URL, deadLetterUrl: env.RUN_DLQ_URL }),
  );
});
