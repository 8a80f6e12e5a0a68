import * as z from 'zod/mini';
import { eventsEnvironment } from '../events/messages.ts';
import { workerConcurrency } from '../shared/env.ts';
import { loopbackVariable } from '../shared/public-url.ts';
import { tenancyEnvironment } from '../tenancy/environment.ts';

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
