import { type Consume, consume } from '../shared/queue/consume.ts';
import type { ConsumerParts } from '../shared/queue/consumer.ts';
import { done } from '../shared/queue/outcome.ts';
import { limits } from './limits.ts';
import { deliveryMessage } from './messages.ts';
import { type DeliveryPorts, deliverEvent } from './work/deliver-event.ts';
import { pauseAfter } from './work/pauses.ts';

/** Sends events to companies, a batch in parallel, so that no receiver waits for another. */
export const deliverConsumer = (ports: Omit<DeliveryPorts, 'log'>, parts: ConsumerParts): Consume =>
  consume(parts, {
    schema: deliveryMessage,
    order: 'parallel',
    tenantOf: ({ detail }) => detail.tenant_id,
    idsOf: ({ detail: { tenant_id, id: event_id, type: event_type } }) => ({
      tenant_id,
      event_id,
      event_type,
    }),
    failed: 'An event could not be delivered; it is tried again.',
    limits: { maxAttempts: limits.maxAttempts, outageAttempts: limits.maxAttempts },
    pause: (tries, { retryAfterSeconds }) => pauseAfter(tries, parts.random, retryAfterSeconds),
    async handle({ message, log }) {
      await deliverEvent(message.detail, { ...ports, log });
      return done;
    },
    async onFailure() {
      ports.meter.count('WebhookFailed');
      return undefined;
    },
  });
