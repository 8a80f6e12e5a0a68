import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { ProductEvent } from '../../events/contract.ts';
import { discardWork, type EngineError } from '../../runtime/errors.ts';
import { errorForLog } from '../../runtime/log.ts';
import { batchResponse } from '../../runtime/sqs.ts';
import type { ConsumerQueue } from '../../vendors/aws/consumer-queue.ts';
import { deliveryMessage } from '../contract.ts';
import { type DeliveryPorts, type DeliveryResult, deliverEvent } from '../domain/deliver-event.ts';

export interface DeliveryConsumer {
  ports: DeliveryPorts;
  queue: ConsumerQueue;
}

/** Delivers a batch, all of it at the same time, so that no receiver waits for another. Names what must come back. */
export async function consumeBatch(
  batch: SQSRecord[],
  consumer: DeliveryConsumer,
): Promise<SQSBatchResponse> {
  const stays = await Promise.all(
    batch.map(async (record) => ((await consume(record, consumer)) ? [] : [record.messageId])),
  );
  return batchResponse(stays.flat());
}

/** False for a message that must come back. */
async function consume(record: SQSRecord, consumer: DeliveryConsumer): Promise<boolean> {
  const event = eventOf(record);
  const attempt = Number(record.attributes?.ApproximateReceiveCount ?? 1);
  if (!event) return deadLetter(record, malformed, {}, consumer);
  const ids = { tenant_id: event.tenant_id, event_id: event.id, event_type: event.type, attempt };
  const result = await deliverEvent(event, attempt, consumer.ports);
  return settle(record, result, ids, consumer);
}

async function settle(
  record: SQSRecord,
  result: DeliveryResult,
  ids: object,
  consumer: DeliveryConsumer,
): Promise<boolean> {
  if (result.kind === 'done') return true;
  const { error } = result;
  const { log, meter } = consumer.ports;
  meter.count('WebhookFailed');
  if (result.kind === 'dead') return deadLetter(record, error, ids, consumer);
  const { seconds } = result;
  log.warn('An event could not be delivered; it comes back.', {
    ...ids,
    seconds,
    error_code: error.code,
    error: errorForLog(error),
  });
  try {
    await consumer.queue.returnAfter(record, seconds);
  } catch (thrown) {
    log.warn('The pause could not be set; the visibility timeout runs its course.', {
      ...ids,
      error: errorForLog(thrown),
    });
  }
  return false;
}

async function deadLetter(
  record: SQSRecord,
  error: EngineError,
  ids: object,
  { queue, ports: { log, meter, clock } }: DeliveryConsumer,
): Promise<boolean> {
  const about = { ...ids, record_id: record.messageId, error_code: error.code };
  try {
    await queue.deadLetter(record, error, clock.now());
    meter.count('DeadLettered');
    const line = { ...about, error: errorForLog(error) };
    if (error.next === 'alert') log.critical('An event went to the dead-letter queue.', line);
    else log.error('An event went to the dead-letter queue.', line);
    return true;
  } catch (thrown) {
    log.error('The dead-letter queue took no event; it stays where it is.', {
      ...about,
      error: errorForLog(thrown),
    });
    return false;
  }
}

const malformed = discardWork('malformed_message', 'The queue message holds no event.');

function eventOf({ body }: SQSRecord): ProductEvent | undefined {
  try {
    return deliveryMessage.safeParse(JSON.parse(body)).data?.detail;
  } catch {
    return undefined;
  }
}
