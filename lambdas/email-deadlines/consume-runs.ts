import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { backoffSeconds } from '../shared/backoff.ts';
import { asEngineError, discardWork } from '../shared/errors.ts';
import { errorForLog } from '../shared/log.ts';
import { maxAttemptsFor } from '../shared/queue/retry-limits.ts';
import type { Settlement } from '../shared/queue/settlement.ts';
import { batchResponse } from '../shared/queue/sqs.ts';
import { countVendorFailure } from '../shared/vendor-failures.ts';
import { limits } from './limits.ts';
import { type RunMessage, runMessage } from './messages.ts';
import type { Invocation } from './work/ports.ts';
import type { StartPorts } from './work/run-ports.ts';
import { giveUp, handleRun } from './work/start-run.ts';

export interface RunsConsumer {
  ports: StartPorts;
  settlement: Settlement;
  random(): number;
}

/** Starts and looks after the runs of a batch; returns as failures those that must come back. */
export async function consumeRuns(
  records: SQSRecord[],
  consumer: RunsConsumer,
  invocation: Invocation,
): Promise<SQSBatchResponse> {
  const failed: string[] = [];
  for (const record of records) {
    if (!(await isDone(record, consumer, invocation))) failed.push(record.messageId);
  }
  return batchResponse(failed);
}

const malformed = discardWork('malformed_message', 'The queue message names no run.');

async function isDone(
  record: SQSRecord,
  consumer: RunsConsumer,
  invocation: Invocation,
): Promise<boolean> {
  const { ports, settlement, random } = consumer;
  const { log, meter, runs } = ports;
  const message = messageOf(record);
  if (!message) return settlement.isDead(record, malformed, log);
  const ids = { tenant_id: message.tenant_id, run_id: message.run_id };
  try {
    const result = await handleRun(message, ports, invocation);
    if (result.kind === 'done') return true;
    return settlement.comesBack(record, result.afterSeconds, log, ids);
  } catch (thrown) {
    const error = asEngineError(thrown);
    countVendorFailure(error, meter);
    const tries = Number(record.attributes?.ApproximateReceiveCount ?? 1);
    log.warn('A run could not be handled.', {
      ...ids,
      error_code: error.code,
      tries,
      error: errorForLog(error),
    });
    if (tries < maxAttemptsFor(error, limits)) {
      return settlement.comesBack(record, backoffSeconds(tries, random), log, ids);
    }
    const run = await runs.find(message);
    // A run that has begun goes on, but nobody looks after it any more.
    if (run?.state !== 'pending') return settlement.isDead(record, error, log, ids);
    await giveUp(run, error, ports);
    return true;
  }
}

function messageOf({ body }: SQSRecord): RunMessage | undefined {
  try {
    return runMessage.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
