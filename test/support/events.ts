import type { SQSRecord } from 'aws-lambda';
import { eventSchema, type ProductEvent } from '../../lambdas/events/messages.ts';
import { aRecord } from './sqs-event.ts';

export const anEvent = (fields: Partial<ProductEvent> = {}): ProductEvent =>
  eventSchema.parse({
    id: 'evt_00000001',
    type: 'insight.created',
    tenant_id: 'acme',
    occurred_at: '2026-11-21T10:00:00.000Z',
    data: {},
    ...fields,
  });

/** An event as the queue of deliveries hands it over for the `attempt`th time. */
export function aDelivery(event: unknown, attempt = 1): SQSRecord {
  const record = aRecord('r1', { version: '0', source: 'replies-engine', detail: event });
  const attributes = { ...record.attributes, ApproximateReceiveCount: String(attempt) };
  return { ...record, attributes };
}

/** A bus for who publishes nothing. */
export const noBus = { publish: () => Promise.reject(new Error('Expected no event.')) };
