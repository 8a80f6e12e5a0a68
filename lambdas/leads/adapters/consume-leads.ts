import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { backoffSeconds } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import { asEngineError, discardWork, type EngineError } from '../../runtime/errors.ts';
import { errorForLog, type Log, type Meter } from '../../runtime/log.ts';
import { batchResponse } from '../../runtime/sqs.ts';
import type { ConsumerQueue } from '../../vendors/aws/consumer-queue.ts';
import { limits, type TriageMessage, triageMessage } from '../contract.ts';

export interface LeadsConsumer {
  /** `log` names the lead on every line. */
  handle(message: TriageMessage, log: Log): Promise<void>;
  queue: ConsumerQueue;
  logOf(ids: Record<string, string>): Log;
  meter: Meter;
  clock: Pick<Clock, 'now'>;
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
  if (!message) return isDead(record, malformed, consumer.logOf({ record_id }), consumer);
  const lead_id = message.kind === 'triage' ? message.lead.id : message.lead_id;
  const log = consumer.logOf({ tenant_id: message.tenant_id, lead_id });
  try {
    await consumer.handle(message, log);
    return true;
  } catch (thrown) {
    const error = asEngineError(thrown);
    const tries = Number(record.attributes?.ApproximateReceiveCount ?? 1);
    consumer.meter.count('TriageFailed');
    if (error.next !== 'retry' || tries >= limits.maxAttempts) {
      return isDead(record, error, log, consumer);
    }
    log.warn('A lead could not be judged; it comes back.', {
      error_code: error.code,
      tries,
      error: errorForLog(error),
    });
    const seconds = backoffSeconds(tries, consumer.random);
    await comesBack(record, Math.max(seconds, error.retryAfterSeconds ?? 0), log, consumer);
    return false;
  }
}

/** Where the time cannot be set, the queue's own visibility timeout brings it back. */
async function comesBack(
  record: SQSRecord,
  seconds: number,
  log: Log,
  { queue }: LeadsConsumer,
): Promise<void> {
  try {
    await queue.returnAfter(record, seconds);
  } catch (error) {
    log.warn('A backoff could not be set.', { error: errorForLog(error) });
  }
}

/** False where the dead-letter queue did not take it: then it stays where it is. */
async function isDead(
  record: SQSRecord,
  error: EngineError,
  log: Log,
  { queue, meter, clock }: LeadsConsumer,
): Promise<boolean> {
  const line = { error_code: error.code, error: errorForLog(error) };
  try {
    await queue.deadLetter(record, error, clock.now());
    meter.count('DeadLettered');
    if (error.next === 'alert') log.critical('A lead went to the dead-letter queue.', line);
    else log.error('A lead went to the dead-letter queue.', line);
    return true;
  } catch (thrown) {
    log.error('The dead-letter queue took no lead.', { ...line, refused: errorForLog(thrown) });
    return false;
  }
}

function messageOf({ body }: SQSRecord): TriageMessage | undefined {
  try {
    return triageMessage.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
