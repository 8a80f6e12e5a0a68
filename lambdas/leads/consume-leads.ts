import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { backoffSeconds } from '../shared/backoff.ts';
import { asEngineError, discardWork } from '../shared/errors.ts';
import type { HistoryEntry } from '../shared/history.ts';
import type { FairShare } from '../shared/limits/fair-share.ts';
import { errorForLog, type Log, type Meter } from '../shared/log.ts';
import { triesOf } from '../shared/queue/consumer-queue.ts';
import { maxAttemptsFor } from '../shared/queue/retry-limits.ts';
import type { Settlement } from '../shared/queue/settlement.ts';
import { batchResponse } from '../shared/queue/sqs.ts';
import { limits } from './limits.ts';
import { type TriageMessage, triageMessage } from './messages.ts';

export interface LeadsConsumer {
  /** `log` names the lead on every line; `tries` counts this one. */
  handle(message: TriageMessage, log: Log, tries: number): Promise<void>;
  /** Keeps with the lead that a try has failed. */
  recordFailed(tenantId: string, leadId: string, entry: HistoryEntry): Promise<void>;
  settlement: Settlement;
  /** Bounds the invocations that one company has. */
  share: FairShare;
  now(): number;
  logOf(ids: Record<string, string>): Log;
  meter: Meter;
  random(): number;
}

/** Judges the leads of a batch at the same time; returns as failures those that must come back, after having set when. */
export async function consumeLeads(
  records: SQSRecord[],
  consumer: LeadsConsumer,
  remainingMs: number,
): Promise<SQSBatchResponse> {
  const batch = records.map((record) => ({ record, message: messageOf(record) }));
  const companies = batch.flatMap(({ message }) => message?.tenant_id ?? []);
  const logOf = ({ messageId: record_id }: SQSRecord) => consumer.logOf({ record_id });
  const places = await consumer.share.enter(companies, remainingMs);
  try {
    const failed = await Promise.all(
      batch.map(async ({ record, message }) => {
        const waits = message && !places.tenants.has(message.tenant_id);
        const done = waits
          ? await consumer.settlement.waitsForShare(record, consumer.random, logOf(record))
          : await isDone(record, message, consumer);
        return done ? [] : [record.messageId];
      }),
    );
    return batchResponse(failed.flat());
  } finally {
    await places.leave();
  }
}

const malformed = discardWork('malformed_message', 'The queue message holds no lead.');

async function isDone(
  record: SQSRecord,
  message: TriageMessage | undefined,
  consumer: LeadsConsumer,
): Promise<boolean> {
  const record_id = record.messageId;
  if (!message) return consumer.settlement.isDead(record, malformed, consumer.logOf({ record_id }));
  const lead_id = message.kind === 'triage' ? message.lead.id : message.lead_id;
  const log = consumer.logOf({ tenant_id: message.tenant_id, lead_id });
  const tries = triesOf(record);
  try {
    await consumer.handle(message, log, tries);
    return true;
  } catch (thrown) {
    const error = asEngineError(thrown);
    consumer.meter.count('TriageFailed');
    const isDead = error.next !== 'retry' || tries >= maxAttemptsFor(error, limits);
    await recordFailed(consumer, message.tenant_id, lead_id, log, {
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
async function recordFailed(
  consumer: LeadsConsumer,
  tenantId: string,
  leadId: string,
  log: Log,
  entry: HistoryEntry,
): Promise<void> {
  try {
    await consumer.recordFailed(tenantId, leadId, entry);
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
