import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { backoffSeconds } from '../../runtime/backoff.ts';
import { asEngineError, discardWork } from '../../runtime/errors.ts';
import { errorForLog, type Log, type Meter } from '../../runtime/log.ts';
import { patienceFor } from '../../runtime/outage.ts';
import { batchResponse } from '../../runtime/sqs.ts';
import type { Settlement } from '../../vendors/aws/settlement.ts';
import { limits, type TriageMessage, triageMessage } from '../contract.ts';

export interface LeadsConsumer {
  /** `log` names the lead on every line; `tries` counts this one. */
  handle(message: TriageMessage, log: Log, tries: number): Promise<void>;
  settlement: Settlement;
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
  const tries = Number(record.attributes?.ApproximateReceiveCount ?? 1);
  try {
    await consumer.handle(message, log, tries);
    return true;
  } catch (thrown) {
    const error = asEngineError(thrown);
    consumer.meter.count('TriageFailed');
    if (error.next !== 'retry' || tries >= patienceFor(error, limits)) {
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

function messageOf({ body }: SQSRecord): TriageMessage | undefined {
  try {
    return triageMessage.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
