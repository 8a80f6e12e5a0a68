import * as z from 'zod/mini';
import { numberVariable, workerConcurrency } from '../shared/env.ts';
import { httpUrl } from '../shared/public-url.ts';

/** The variables of every Lambda that runs turns. */
export const turnsEnvironment = {
  TURN_QUEUE_URL: z.string(),
  OPENAI_API_KEY_SECRET_ID: z.string(),
  SECRETS_MANAGER_REGION: z.optional(z.string()),
  OPENAI_BASE_URL: z.optional(httpUrl),
  RUN_MAX_WAIT_SECONDS: numberVariable({ min: 5, max: 3600, default: 300 }),
};

export const turnWorkerVariables = { TURN_DLQ_URL: z.string(), ...workerConcurrency };
