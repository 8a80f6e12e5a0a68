import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { ProductEvent } from '../events/messages.ts';
import { discardWork } from '../shared/errors.ts';
import type { FairShare } from '../shared/limits/fair-share.ts';
import { errorForLog } from '../shared/log.ts';
import { triesOf } from '../shared/queue/consumer-queue.ts';
import type { Settlement } from '../shared/queue/settlement.ts';
import { batchResponse } from '../shared/queue/sqs.ts';
import { deliveryMessage } from './messages.ts';
import { type DeliveryPorts, type DeliveryResult, deliverEvent } from './work/deliver-event.ts';

export interface DeliveryConsumer {
  ports: DeliveryPorts;
  settlement: Settlement;
  /** Bounds the invocations that one company has. */
  share: FairShare;
}

/** Delivers a batch, all of it at the same time, so that no receiver waits for another. Names what must come back. */
export async function consumeBatch(
  batch: SQSRecord[],
  consumer: DeliveryConsumer,
  remainingMs: number,
): Promise<SQSBatchResponse> {
  const events = batch.map((record) => ({ record, event: eventOf(record) }));
  const companies = events.flatMap(({ event }) => event?.tenant_id ?? []);
  const { random, log } = consumer.ports;
  const places = await consumer.share.enter(companies, remainingMs);
  try {
    const stays = await Promise.all(
      events.map(async ({ record, event }) => {
        const isDone =
          event && !places.tenants.has(event.tenant_id)
            ? await consumer.settlement.waitsForShare(record, random, log)
            : await consume(record, event, consumer);
        return isDone ? [] : [record.messageId];
      }),
    );
    return batchResponse(stays.flat());
  } finally {
    await places.leave();
  }
}

/** False for a message that must come back. */
async function consume(
  record: SQSRecord,
  event: ProductEvent | undefined,
  consumer: DeliveryConsumer,
): Promise<boolean> {
  const attempt = triesOf(record);
  if (!event) return consumer.settlement.isDead(record, malformed, consumer.ports.log);
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
  const { settlement, ports } = consumer;
  const { log, meter } = ports;
  meter.count('WebhookFailed');
  if (result.kind === 'dead') return settlement.isDead(record, error, log, ids);
  const { seconds } = result;
  log.warn('An event could not be delivered; it comes back.', {
    ...ids,
    seconds,
    error_code: error.code,
    error: errorForLog(error),
  });
  return settlement.comesBack(record, seconds, log, ids);
}

const malformed = discardWork('malformed_message', 'The queue message holds no event.');

function eventOf({ body }: SQSRecord): ProductEvent | undefined {
  try {
    return deliveryMessage.safeParse(JSON.parse(body)).data?.detail;
  } catch {
    return undefined;
  }
}
