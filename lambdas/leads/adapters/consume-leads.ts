import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { backoffSeconds } from '../../runtime/backoff.ts';
import { asEngineError } from '../../runtime/errors.ts';
import { errorForLog, type Log, type Meter } from '../../runtime/log.ts';
import { batchResponse } from '../../runtime/sqs.ts';
import { type TriageMessage, triageMessage } from '../contract.ts';
import type { TriageQueue } from './triage-queue.ts';

export interface LeadsConsumer {
  /** `log` names the lead on every line. */
  handle(message: TriageMessage, log: Log): Promise<void>;
  queue: Pick<TriageQueue, 'returnAfter'>;
  logOf(ids: Record<string, string>): Log;
  meter: Meter;
  random(): number;
}

/** Judges the leads of a batch at the same time; returns as failures those that must come back, after having set when. */
export async function consumeLeads(
  records: SQSRecord[],
  consumer: LeadsConsumer,
): Promise<SQSBatchResponse> {
  const failed = await Promise.all(
    records.map(async (record) => ((await isDone(record, consumer)) ? [] : [record.messageId])),
  );
  return batchResponse(failed.flat());
}

async function isDone(record: SQSRecord, consumer: LeadsConsumer): Promise<boolean> {
  const message = triageMessage.safeParse(parse(record.body));
  if (!message.success) {
    // It can never be handled: it comes back at once, until SQS moves it to the dead-letter queue.
    consumer
      .logOf({ record_id: record.messageId })
      .error('A message of the queue of leads is malformed.');
    await comesBack(record, 0, consumer);
    return false;
  }
  const { data } = message;
  const lead_id = data.kind === 'triage' ? data.lead.id : data.lead_id;
  const log = consumer.logOf({ tenant_id: data.tenant_id, lead_id });
  try {
    await consumer.handle(data, log);
    return true;
  } catch (thrown) {
    const error = asEngineError(thrown);
    const tries = Number(record.attributes?.ApproximateReceiveCount ?? 1);
    consumer.meter.count('TriageFailed');
    log.warn('A lead could not be judged; it comes back.', {
      error_code: error.code,
      tries,
      error: errorForLog(error),
    });
    const seconds = backoffSeconds(tries, consumer.random);
    await comesBack(record, Math.max(seconds, error.retryAfterSeconds ?? 0), consumer);
    return false;
  }
}

/** Where the time cannot be set, the queue's own visibility timeout brings it back. */
async function comesBack(
  record: SQSRecord,
  seconds: number,
  { queue, logOf }: LeadsConsumer,
): Promise<void> {
  try {
    await queue.returnAfter(record, seconds);
  } catch (error) {
    logOf({ record_id: record.messageId }).warn('A backoff could not be set.', {
      error: errorForLog(error),
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
