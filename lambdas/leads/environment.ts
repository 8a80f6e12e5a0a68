import * as z from 'zod/mini';
import { eventsEnvironment } from '../events/messages.ts';
import { workerConcurrency } from '../shared/env.ts';
import { tenancyEnvironment } from '../tenancy/environment.ts';

const tables = { ...tenancyEnvironment, LEADS_TABLE: z.string() };
const queue = { TRIAGE_QUEUE_URL: z.string() };

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const apiEnvironment = z.object({ ...tables, ...queue });
export const triageEnvironment = z.object({
  ...tables,
  ...queue,
  ...eventsEnvironment,
  TRIAGE_DLQ_URL: z.string(),
  ...workerConcurrency,
  OPENAI_API_KEY_SECRET_ID: z.string(),
  SECRETS_MANAGER_REGION: z.optional(z.string()),
  OPENAI_BASE_URL: z.optional(z.string().check(z.regex(/^https?:\/\/[^/\s]+(\/[^\s]*)?$/))),
});
