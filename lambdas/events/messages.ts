import * as z from 'zod/mini';
import { tenantId } from '../tenancy/tenant.ts';

/** Events that a company can receive. */
export const productEvents = [
  'insight.created',
  'conversation.started',
  'conversation.person_requested',
  'conversation.taken_over',
  'conversation.handed_back',
  'conversation.closed',
  'message.received',
  'message.sent',
  'message.failed',
  'feedback.given',
] as const;
export type ProductEventType = (typeof productEvents)[number];

/** Every event on the deployment's bus; the company itself asks for `webhook.test`. */
const eventTypes = [...productEvents, 'webhook.test'] as const;

/** An event of the product, as it lies on the bus and in the queues behind it. */
export const eventSchema = z.object({
  /** Stays the same however often the event is delivered: receivers know a repetition by it. */
  id: z.string().check(z.regex(/^evt_[A-Za-z0-9-]{8,60}$/)),
  type: z.enum(eventTypes),
  tenant_id: tenantId,
  occurred_at: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
});
export type ProductEvent = z.output<typeof eventSchema>;

/** An event that waits in a queue of work, since the bus did not take it; by then who made it has gone on. */
export const waitingEvent = z.object({ kind: z.literal('event'), event: eventSchema });
export type WaitingEvent = z.output<typeof waitingEvent>;

/** The source of all our events, by which the rules of the bus know them. */
export const eventSource = 'replies-engine';

/** What EventBridge takes in one entry, in bytes. */
export const maxEntryBytes = 262_144;

/** The variable of every Lambda that publishes events. */
export const eventsEnvironment = { EVENT_BUS_NAME: z.string() };
