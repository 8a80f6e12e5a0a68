import * as z from 'zod/mini';
import { conversationsEnvironment, filesEnvironment } from '../conversations/environment.ts';
import { numberVariable, workerConcurrency } from '../shared/env.ts';
import { httpUrl } from '../shared/public-url.ts';
import { tenancyEnvironment } from '../tenancy/environment.ts';

/** The variables of every Lambda that has messages answered. */
export const turnQueueEnvironment = { TURN_QUEUE_URL: z.string() };

/** The variables of every Lambda that runs turns. */
export const turnsEnvironment = {
  ...turnQueueEnvironment,
  ...filesEnvironment,
  OPENAI_API_KEY_SECRET_ID: z.string(),
  SECRETS_MANAGER_REGION: z.optional(z.string()),
  OPENAI_BASE_URL: z.optional(httpUrl),
  RUN_MAX_WAIT_SECONDS: numberVariable({ min: 5, max: 3600, default: 300 }),
};

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const turnWorkerEnvironment = z.object({
  ...tenancyEnvironment,
  ...conversationsEnvironment,
  ...turnsEnvironment,
  TURN_DLQ_URL: z.string(),
  ...workerConcurrency,
});
