import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { backoffSeconds } from '../runtime/backoff.ts';
import { systemClock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { asEngineError, discardWork } from '../runtime/errors.ts';
import { createLog, createMeter, errorForLog } from '../runtime/log.ts';
import { once } from '../runtime/once.ts';
import { batchResponse } from '../runtime/sqs.ts';
import { countVendorFailure } from '../runtime/vendor-failures.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { backTo } from '../vendors/aws/consumer-queue.ts';
import { mailboxUrlOf } from './adapters/company.ts';
import { expectationOf } from './adapters/expectation.ts';
import { fetchEmails } from './adapters/mailbox.ts';
import { enqueueReady } from './adapters/ready-queue.ts';
import { enqueueRun } from './adapters/run-queue.ts';
import { runStore } from './adapters/run-store.ts';
import { mailboxKeys, pacingOf, tablesOf } from './adapters/wiring.ts';
import { runMessage } from './contract.ts';
import { startEnvironment } from './environment.ts';
import { handleRun, isGivenUp, type StartPorts } from './start-run.ts';

const log = createLog('email-start');
const meter = createMeter('email-start');

/** How soon a run is looked after again. */
const watchSeconds = 45;

/** Pauses of 10, 20, 40 … s, with chance: the eighth failure ends a run after 8 to 16 minutes. */
const pauses = { baseSeconds: 10, capSeconds: 320 };

interface Starting extends StartPorts {
  returnAfter(record: SQSRecord, seconds: number): Promise<void>;
}

const ports = once((): Starting => {
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
      const calls = { apiKey, renewKeys: keys.refresh, timeoutMs: env.REQUEST_TIMEOUT * 1000 };
      return fetchEmails({ ...place, ...calls }, test_mode);
    },
    expectation: ({ tenant_id }) => expectationOf(table, tenants, tenant_id, pacingOf(env)),
    enqueue: (messages) => enqueueReady(queue, env.READY_QUEUE_URL, messages, Date.now()),
    watchLater: (message) => enqueueRun(queue, env.RUN_QUEUE_URL, message, watchSeconds),
    returnAfter: backTo(queue, env.RUN_QUEUE_URL),
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
async function handled(record: SQSRecord, to: Starting): Promise<boolean> {
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
    if (await isGivenUp(message.data, tries, error, to)) return true;
    await comesBack(record, tries, to);
    return false;
  }
}

/** Where the pause cannot be set, the queue's visibility timeout runs its course. */
async function comesBack(record: SQSRecord, tries: number, to: Starting): Promise<void> {
  try {
    await to.returnAfter(record, backoffSeconds(tries, Math.random, pauses));
  } catch (error) {
    log.warn('The pause of a run could not be set.', { error: errorForLog(error) });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
