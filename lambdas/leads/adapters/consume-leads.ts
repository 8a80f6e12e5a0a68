import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { backoffSeconds } from '../../runtime/backoff.ts';
import { asEngineError, discardWork } from '../../runtime/errors.ts';
import type { HistoryEntry } from '../../runtime/history.ts';
import { errorForLog, type Log, type Meter } from '../../runtime/log.ts';
import { patienceFor } from '../../runtime/outage.ts';
import { batchResponse } from '../../runtime/sqs.ts';
import type { Settlement } from '../../vendors/aws/settlement.ts';
import { limits, type TriageMessage, triageMessage } from '../contract.ts';

export interface LeadsConsumer {
  /** `log` names the lead on every line. */
  handle(message: TriageMessage, log: Log): Promise<void>;
  /** Keeps with the lead that a try has failed. */
  noteFailed(tenantId: string, leadId: string, entry: HistoryEntry): Promise<void>;
  settlement: Settlement;
  now(): number;
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

const malformed = discardWork('malformed_message', 'The queue message holds no lead.');

async function isDone(record: SQSRecord, consumer: LeadsConsumer): Promise<boolean> {
  const message = messageOf(record);
  const record_id = record.messageId;
  if (!message) return consumer.settlement.isDead(record, malformed, consumer.logOf({ record_id }));
  const lead_id = message.kind === 'triage' ? message.lead.id : message.lead_id;
  const log = consumer.logOf({ tenant_id: message.tenant_id, lead_id });
  try {
    await consumer.handle(message, log);
    return true;
  } catch (thrown) {
    const error = asEngineError(thrown);
    const tries = Number(record.attributes?.ApproximateReceiveCount ?? 1);
    consumer.meter.count('TriageFailed');
    const isDead = error.next !== 'retry' || tries >= patienceFor(error, limits);
    await noteFailed(consumer, message.tenant_id, lead_id, log, {
      at: consumer.now(),
      what: isDead ? 'dead' : 'failed',
      error_code: error.code,
    });
    if (isDead) {
      return consumer.settlement.isDead(record, error, log);
    }
    log.warn('A lead could not be judged; it comes back.', {
      error_code: error.code,
      tries,
      error: errorForLog(error),
    });
    const seconds = backoffSeconds(tries, consumer.random);
    const pause = Math.max(seconds, error.retryAfterSeconds ?? 0);
    return consumer.settlement.comesBack(record, pause, log);
  }
}

/** What cannot be written down holds nothing up. */
async function noteFailed(
  consumer: LeadsConsumer,
  tenantId: string,
  leadId: string,
  log: Log,
  entry: HistoryEntry,
): Promise<void> {
  try {
    await consumer.noteFailed(tenantId, leadId, entry);
  } catch (thrown) {
    log.warn('The failed try could not be kept with its lead.', { error: errorForLog(thrown) });
  }
}

function messageOf({ body }: SQSRecord): TriageMessage | undefined {
  try {
    return triageMessage.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
