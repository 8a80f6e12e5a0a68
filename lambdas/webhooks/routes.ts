import * as z from 'zod/mini';
import { productEvents } from '../events/messages.ts';
import type { ApiRoute } from '../tenancy/route.ts';

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
