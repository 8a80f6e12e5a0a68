import * as z from 'zod/mini';
import { idempotencyKey } from '../shared/http/idempotency-key.ts';
import { cursorOf, pageOf, pageQuery } from '../shared/http/page.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { emailIn, emailList } from './email-schema.ts';
import { limits } from './limits.ts';
import { flag, noQuery, workers } from './query-values.ts';
import { requestReader } from './read-request.ts';

export const dependencyKinds = ['order', 'content'] as const;

export const sendModes = ['asap', 'just_in_time'] as const;

const runOptions = {
  /** What a dependency means: only the order of sending, or also that the parents' replies are known. */
  dependency_kind: z._default(z.enum(dependencyKinds), 'order'),
  send: z._default(z.enum(sendModes), 'asap'),
  /** Emails of this run that are worked on at the same time. */
  concurrency_limit: z.optional(z.int().check(z.gte(1), z.lte(1_000))),
};

export const onInvalid = ['refuse', 'skip'] as const;

const requestOptions = {
  ...runOptions,
  test_mode: z.optional(z.boolean()),
  /** What an email that cannot be read does: the run is refused, or it fails alone, as one of a mailbox does. */
  on_invalid: z.optional(z.enum(onInvalid)),
};

const runRequest = z.strictObject({
  ...requestOptions,
  emails: z.array(emailIn).check(z.maxLength(limits.emailsPerRun)),
});

/** The same, with emails that are still to be read. */
const runRequestEnvelope = z.strictObject({ ...requestOptions, emails: emailList });

const triggerQuery = z.object({
  ...runOptions,
  test: z.optional(flag),
  concurrency_limit: z.optional(workers),
});

const runStates = ['pending', 'running', 'completed', 'failed'] as const;

const cannotBeMet = z.object({
  email_id: z.string(),
  deadline_at: z.iso.datetime(),
  earliest_at: z.iso.datetime(),
});

const counts = z.object({
  fetched: z.int(),
  waiting: z.int(),
  drafted: z.int(),
  sent: z.int(),
  on_time: z.int(),
  late: z.int(),
  failed: z.int(),
  /** Posts that were tried again. */
  retries: z.int(),
});

export type Counts = z.output<typeof counts>;

/** What can be said of a run at any time. */
const runView = z.object({
  run_id: z.string(),
  state: z.enum(runStates),
  test_mode: z.boolean(),
  dependency_kind: z.enum(dependencyKinds),
  send: z.enum(sendModes),
  counts,
  /** Emails that could not be on time even with a worker for each, the first hundred. */
  cannot_be_met: z.array(cannotBeMet),
  /** How many may come late with the workers that there are. */
  at_risk: z.int(),
  late: z.array(z.object({ email_id: z.string(), late_by_seconds: z.number() })),
  failed: z.array(z.object({ email_id: z.string(), reason: z.string() })),
  /** Why the run as a whole failed. */
  problem: z.nullable(
    z.object({ status: z.int(), detail: z.string(), errors: z.array(z.string()) }),
  ),
  created_at: z.iso.datetime(),
  completed_at: z.nullable(z.iso.datetime()),
});

export type EmailRunStatus = z.output<typeof runView>;

const emailView = z.object({
  email_id: z.string(),
  state: z.enum(['waiting', 'drafted', 'sending', 'sent', 'failed']),
  /** Null where it could not be read. */
  deadline_at: z.nullable(z.iso.datetime()),
  sent_at: z.nullable(z.iso.datetime()),
  on_time: z.nullable(z.boolean()),
  answered_by: z.nullable(z.string()),
  response: z.nullable(z.string()),
  reason: z.nullable(z.string()),
  /** Dependencies that it did not wait for, and why. */
  notes: z.array(z.string()),
});

export type EmailView = z.output<typeof emailView>;

const tag = 'Email';

const start = {
  method: 'POST',
  access: 'emails:write',
  tag,
  headers: z.object({
    'Idempotency-Key': z.optional(
      idempotencyKey('A key of your own: the same start with the same key is one run.'),
    ),
  }),
  problems: { 409: 'idempotency-key-reused' },
} as const satisfies Partial<ApiRoute>;

const ofRun = {
  method: 'GET',
  access: 'emails:read',
  tag,
  params: z.object({ run_id: z.string().check(z.regex(/^[0-9A-Za-z-]{1,64}$/)) }),
  missing: 'There is no such run.',
} as const satisfies Partial<ApiRoute>;

export const routes = {
  trigger: {
    ...start,
    operationId: 'triggerEmailRun',
    path: '/trigger',
    summary: 'Starts a run with the emails of the mailbox',
    query: triggerQuery,
    success: { status: 202, what: 'The run, which begins by fetching', schema: runView },
  },
  startRun: {
    ...start,
    operationId: 'startEmailRun',
    path: '/email-runs',
    summary: 'Starts a run with the emails of the request',
    query: noQuery,
    body: runRequest,
    readBody: requestReader(runRequestEnvelope),
    maxBodyBytes: limits.runBodyBytes,
    success: {
      status: 202,
      what: 'The run, and which of its deadlines cannot be met',
      schema: runView,
    },
  },
  status: {
    ...ofRun,
    operationId: 'getEmailRunStatus',
    path: '/status/{run_id}',
    summary: 'How far a run is',
    success: { status: 200, what: 'The run', schema: runView },
  },
  emails: {
    ...ofRun,
    operationId: 'listEmailsOfRun',
    path: '/email-runs/{run_id}/emails',
    summary: 'What became of each email of a run',
    query: z.object(pageQuery(limits.pageSize, cursorOf(/^[\s\S]{0,200}$/))),
    success: {
      status: 200,
      what: 'A page of emails; next_cursor is null on the last',
      schema: pageOf({ emails: z.array(emailView) }),
    },
  },
} satisfies Record<string, ApiRoute>;
