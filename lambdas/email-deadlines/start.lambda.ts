import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { systemClock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { asEngineError, discardWork } from '../runtime/errors.ts';
import { createLog, createMeter, errorForLog } from '../runtime/log.ts';
import { once } from '../runtime/once.ts';
import { batchResponse } from '../runtime/sqs.ts';
import { countVendorFailure } from '../runtime/vendor-failures.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { mailboxUrlOf } from './adapters/company.ts';
import { expectationOf } from './adapters/expectation.ts';
import { fetchEmails } from './adapters/mailbox.ts';
import { enqueueReady } from './adapters/ready-queue.ts';
import { enqueueRun } from './adapters/run-queue.ts';
import { runStore } from './adapters/run-store.ts';
import { mailboxKeys, pacingOf, tablesOf } from './adapters/wiring.ts';
import { limits, runMessage } from './contract.ts';
import { startEnvironment } from './environment.ts';
import { giveUp, handleRun, type StartPorts } from './start-run.ts';

const log = createLog('email-start');
const meter = createMeter('email-start');

/** How soon a run is looked after again. */
const watchSeconds = 45;

const ports = once((): StartPorts => {
  const env = readEnv(startEnvironment);
  const { table, tenants } = tablesOf(env);
  const queue = queueClient();
  const keys = mailboxKeys(env);
  return {
    runs: runStore(table),
    async fetchEmails({ tenant_id, test_mode }) {
      const place = await mailboxUrlOf(tenants, tenant_id, 'emails_url', env.EMAILS_URL);
      if (!place) {
        throw discardWork(
          'mailbox_missing',
          `No mailbox is configured for ${tenant_id}: set EMAILS_URL, or its feature "mailbox".`,
        );
      }
      const apiKey = async () => (await keys.get())(tenant_id, place);
      return fetchEmails({ ...place, apiKey, timeoutMs: env.REQUEST_TIMEOUT * 1000 }, test_mode);
    },
    expectation: ({ tenant_id }) => expectationOf(table, tenants, tenant_id, pacingOf(env)),
    enqueue: (messages) => enqueueReady(queue, env.READY_QUEUE_URL, messages, Date.now()),
    watchLater: (message) => enqueueRun(queue, env.RUN_QUEUE_URL, message, watchSeconds),
    clock: systemClock,
    log,
    meter,
  };
});

/** Starts runs and looks after them. */
export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  try {
    const failed: string[] = [];
    for (const record of event.Records) {
      if (!(await handled(record, ports()))) failed.push(record.messageId);
    }
    return batchResponse(failed);
  } finally {
    meter.flush();
  }
};

/** False for a run that must come back. */
async function handled(record: SQSRecord, to: StartPorts): Promise<boolean> {
  const message = runMessage.safeParse(parse(record.body));
  if (!message.success) {
    log.error('A message of the queue of runs is malformed.', { record_id: record.messageId });
    return true;
  }
  try {
    await handleRun(message.data, to);
    return true;
  } catch (thrown) {
    const error = asEngineError(thrown);
    countVendorFailure(error, to.meter);
    const tries = Number(record.attributes?.ApproximateReceiveCount ?? 1);
    log.warn('A run could not be handled.', {
      tenant_id: message.data.tenant_id,
      run_id: message.data.run_id,
      error_code: error.code,
      tries,
      error: errorForLog(error),
    });
    if (tries < limits.maxAttempts) return false;
    const run = await to.runs.find(message.data);
    if (run?.state === 'pending') await giveUp(run, error, to);
    return true;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
