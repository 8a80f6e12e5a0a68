import * as z from 'zod/mini';
import { numberVariable } from '../shared/env.ts';
import { httpUrl, loopbackVariable } from '../shared/public-url.ts';
import { tenancyEnvironment } from '../tenancy/environment.ts';

const seconds = (fallback: number, max: number) =>
  numberVariable({ min: 0.001, max, default: fallback });

/** What an operator may set for this context, checked when the stack is synthesized. */
export const operatorEnvironment = z
  .object({
    EMAILS_URL: z
      .optional(httpUrl)
      .check(
        z.describe(
          'Where emails are fetched (`GET`), for companies without a mailbox of their own',
        ),
      ),
    RESPOND_URL: z.optional(httpUrl).check(z.describe('Where replies are posted, for them')),
    TEST_MODE: z
      ._default(z.enum(['true', 'false']), 'true')
      .check(z.describe('Whether a run is a test where its start does not say (`?test=`)')),
    REQUEST_TIMEOUT: seconds(10, 60).check(
      z.describe('Seconds that a call of the mailbox may take'),
    ),
    MAX_RETRIES: numberVariable({ min: 0, max: 10, default: 3 }).check(
      z.describe('How often a post is tried again at once'),
    ),
    CONCURRENCY_LIMIT: numberVariable({ min: 1, max: 1_000, default: 64 }).check(
      z.describe('Emails of one run that are worked on at the same time'),
    ),
    INTER_DEPENDENCY_GAP: numberVariable({ min: 0.0001, max: 10, default: 0.0001 }).check(
      z.describe('Seconds between a reply and those that wait for it'),
    ),
    LLM_DELAY_SCALE: seconds(0.5, 60).check(
      z.describe('The mock model’s delay: a bounded exponential, in seconds'),
    ),
    LLM_DELAY_MIN: seconds(0.4, 60).check(z.describe('Its lower bound')),
    LLM_DELAY_MAX: seconds(0.6, 60).check(z.describe('Its upper bound')),
  })
  .check(
    z.refine((env) => env.LLM_DELAY_MIN <= env.LLM_DELAY_MAX, {
      error: 'LLM_DELAY_MIN is above LLM_DELAY_MAX',
      path: ['LLM_DELAY_MIN'],
    }),
  );

const { TEST_MODE, CONCURRENCY_LIMIT, EMAILS_URL, RESPOND_URL, REQUEST_TIMEOUT, MAX_RETRIES } =
  operatorEnvironment.shape;
const tables = { ...tenancyEnvironment, EMAIL_RUNS_TABLE: z.string() };
const pacing = {
  INTER_DEPENDENCY_GAP: operatorEnvironment.shape.INTER_DEPENDENCY_GAP,
  LLM_DELAY_SCALE: operatorEnvironment.shape.LLM_DELAY_SCALE,
  LLM_DELAY_MIN: operatorEnvironment.shape.LLM_DELAY_MIN,
  LLM_DELAY_MAX: operatorEnvironment.shape.LLM_DELAY_MAX,
};
const starting = { ...tables, ...pacing, RUN_QUEUE_URL: z.string() };
const mailboxes = {
  ...loopbackVariable,
  MAILBOX_API_KEY_SECRET_ID: z.string(),
  SECRETS_MANAGER_REGION: z.optional(z.string()),
};

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const triggerEnvironment = z.object({ ...starting, TEST_MODE, CONCURRENCY_LIMIT });
export const startEnvironment = z.object({
  ...starting,
  ...mailboxes,
  EMAILS_URL,
  RESPOND_URL,
  RUN_DLQ_URL: z.string(),
  READY_QUEUE_URL: z.string(),
  REQUEST_TIMEOUT,
});
export const answerEnvironment = z.object({
  ...tables,
  ...mailboxes,
  ...pacing,
  RESPOND_URL,
  REQUEST_TIMEOUT,
  MAX_RETRIES,
  READY_QUEUE_URL: z.string(),
  READY_DLQ_URL: z.string(),
  OPENAI_API_KEY_SECRET_ID: z.string(),
  OPENAI_BASE_URL: z.optional(httpUrl),
});
