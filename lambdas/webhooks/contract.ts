import * as z from 'zod/mini';
import { eventSchema, eventsEnvironment, productEvents } from '../events/contract.ts';
import { workerConcurrency } from '../runtime/env.ts';
import { loopbackVariable } from '../runtime/public-url.ts';
import { type ApiRoute, tenancyEnvironment } from '../tenancy/contract.ts';

/** The message of the queue of deliveries: an event in EventBridge's envelope. */
export const deliveryMessage = z.object({ detail: eventSchema });

/** Bounds that the stack and the code share. */
export const limits = {
  batchSize: 10,
  /** A receiver answers within this time, or the delivery has failed. */
  requestTimeoutSeconds: 15,
  deliverTimeoutSeconds: 40,
  visibilityTimeoutSeconds: 60,
  /** Deliveries of an event, the first one included. */
  maxAttempts: 8,
  /** Far above them: what Lambda throttles, as a new account does soon, is counted by the queue though nobody tried it. */
  maxReceiveCount: 200,
} as const;

const common = {
  ...tenancyEnvironment,
  ...loopbackVariable,
  WEBHOOKS_TABLE: z.string(),
  WEBHOOK_SIGNING_KEY_SECRET_ID: z.string(),
  SECRETS_MANAGER_REGION: z.optional(z.string()),
};

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const deliverEnvironment = z.object({
  ...common,
  WEBHOOK_QUEUE_URL: z.string(),
  WEBHOOK_DLQ_URL: z.string(),
  ...workerConcurrency,
});
export const endpointEnvironment = z.object({ ...common, ...eventsEnvironment });

const endpointView = z.object({
  url: z.nullable(z.string()),
  state: z.enum(['active', 'disabled', 'none']),
  /** When the receiver said that it is gone; nothing is sent since then. */
  disabled_at: z.nullable(z.iso.datetime()),
  reason: z.nullable(z.string()),
  /** Verifies what is sent, by Standard Webhooks. */
  signing_secret: z.nullable(z.string()),
  events: z.array(z.enum(productEvents)),
});
export type EndpointView = z.output<typeof endpointView>;

const tag = 'Webhooks';

export const routes = {
  endpoint: {
    operationId: 'getWebhookEndpoint',
    method: 'GET',
    path: '/webhook-endpoint',
    access: 'configuration:write',
    tag,
    summary: 'Where the company is told of events, whether it is, and the secret that verifies it',
    success: {
      status: 200,
      what: 'The endpoint; state is none where none is set',
      schema: endpointView,
    },
  },
  test: {
    operationId: 'testWebhookEndpoint',
    method: 'POST',
    path: '/webhook-endpoint/test',
    access: 'configuration:write',
    tag,
    summary: 'Sends the event webhook.test to the endpoint',
    success: {
      status: 202,
      what: 'The event that is on its way; its id is the webhook-id of the request',
      schema: z.object({ id: z.string(), type: z.literal('webhook.test') }),
    },
    problems: { 404: 'not-found', 409: 'webhook-disabled' },
  },
} satisfies Record<string, ApiRoute>;
