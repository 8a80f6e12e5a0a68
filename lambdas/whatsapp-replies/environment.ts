import * as z from 'zod/mini';
import { conversationsEnvironment, retentionDays } from '../conversations/environment.ts';
import { numberVariable, workerConcurrency } from '../shared/env.ts';
import { httpUrl } from '../shared/public-url.ts';
import { tenancyEnvironment } from '../tenancy/environment.ts';

const runMaxWaitSeconds = numberVariable({ min: 5, max: 3600, default: 300 }).check(
  z.describe(
    'How long the model may take before its run is cancelled and tried again, where a company’s `assistant` does not say',
  ),
);

/** What an operator may set, checked when the stack is synthesized and not at the first event. */
export const operatorEnvironment = z.object({
  PUBLIC_BASE_URL: z
    .optional(httpUrl)
    .check(z.describe('A domain of your own before the API; the API’s own URL by default')),
  OPENAI_BASE_URL: z
    .optional(httpUrl)
    .check(
      z.describe(
        'Another server that speaks `/responses`, such as LM Studio or vLLM; one without `/conversations` must answer within 45 seconds',
      ),
    ),
  TWILIO_BASE_URL: z.optional(httpUrl).check(z.describe('Another server that speaks Twilio’s API')),
  RUN_MAX_WAIT_SECONDS: runMaxWaitSeconds,
  RETENTION_DAYS: retentionDays,
  LOG_LEVEL: z
    .optional(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']))
    .check(z.describe('What is logged; `INFO` by default')),
});

const common = {
  CONVERSATIONS_TABLE: z.string(),
  TWILIO_CREDENTIALS_SECRET_ID: z.string(),
  /** Where the secrets are; the function's own region by default. */
  SECRETS_MANAGER_REGION: z.optional(z.string()),
  PUBLIC_BASE_URL: httpUrl,
  RETENTION_DAYS: retentionDays,
};

export type CommonEnvironment = z.output<z.ZodMiniObject<typeof common>>;

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const receiveEnvironment = z.object({
  ...common,
  ...tenancyEnvironment,
  REPLY_QUEUE_URL: z.string(),
});

export const statusEnvironment = z.object({
  ...common,
  ...tenancyEnvironment,
  ...conversationsEnvironment,
  /** Where events wait that the bus does not take. */
  REPLY_QUEUE_URL: z.string(),
});

export const replyEnvironment = z.object({
  ...common,
  ...tenancyEnvironment,
  ...conversationsEnvironment,
  REPLY_QUEUE_URL: z.string(),
  REPLY_DLQ_URL: z.string(),
  ...workerConcurrency,
  OPENAI_API_KEY_SECRET_ID: z.string(),
  OPENAI_BASE_URL: z.optional(httpUrl),
  TWILIO_BASE_URL: z.optional(httpUrl),
  DEFAULT_ASSISTANT_ID: z.optional(z.string()),
  RUN_MAX_WAIT_SECONDS: runMaxWaitSeconds,
});
