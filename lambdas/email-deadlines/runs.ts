import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import { isoTime } from '../shared/clock.ts';
import { keyReused } from '../shared/http/idempotency-key.ts';
import {
  hashOf,
  type IdempotencyStore,
  idempotencyStore,
} from '../shared/store/idempotency-store.ts';
import { expiresAt, type Table } from '../shared/store/table.ts';
import type { ApiDependencies } from '../tenancy/authorize-request.ts';
import type { Caller } from '../tenancy/caller.ts';
import { protectedApp } from '../tenancy/protected-app.ts';
import { limits } from './limits.ts';
import type { RunMessage } from './messages.ts';
import { type EmailRunStatus, type EmailView, routes } from './routes.ts';
import { keys } from './stores/keys.ts';
import type { LateOrFailed, RunStore } from './stores/run-store.ts';
import { admissionOf } from './work/admission.ts';
import { answerableOf } from './work/answerable.ts';
import { mailboxIdOf, type StoredEmail, type UnreadableEmail } from './work/email.ts';
import { type Expectation, planRun } from './work/plan-run.ts';
import { noCounts, type StoredRun } from './work/run.ts';

export interface RunsPorts extends ApiDependencies {
  runs: RunStore;
  idempotency: IdempotencyStore<{ id: string }>;
  expectation(tenantId: string): Promise<Expectation>;
  enqueue(message: RunMessage): Promise<void>;
  testMode: boolean;
  concurrencyLimit: number;
}

type Options = Pick<StoredRun, 'test_mode' | 'dependency_kind' | 'send'> & {
  concurrency_limit: number | undefined;
};

/** Starts runs, and tells how far they are. */
export function runsApp({ runs, idempotency, expectation, ...rest }: RunsPorts): Hono {
  const { enqueue, testMode, concurrencyLimit, ...api } = rest;
  const { app, serve } = protectedApp(api);

  const newRun = (caller: Caller, options: Options, has_emails: boolean): StoredRun => ({
    ...noCounts,
    tenant_id: caller.tenant_id,
    run_id: newRunId(api.clock.now()),
    state: 'pending',
    test_mode: options.test_mode,
    dependency_kind: options.dependency_kind,
    send: options.send,
    concurrency_limit: options.concurrency_limit ?? concurrencyLimit,
    has_emails,
    cannot_be_met: [],
    at_risk: 0,
    problem: null,
    created_at: isoTime(api.clock.now()),
    created_by: caller.principal,
    completed_at: null,
  });

  /** The run that the key stands for, made now or before; undefined where the key stands for another. */
  const runOf = async (
    run: StoredRun,
    key: string | undefined,
    { request, given }: { request: string; given?: string },
  ): Promise<StoredRun | undefined> => {
    const make = async (made: StoredRun) => {
      await runs.create(made, given);
      return made;
    };
    if (key === undefined) return make(run);
    const claim = await idempotency.acquire(run.tenant_id, {
      key,
      // Hashed twice, as the first version did: keys are known over an update.
      forms: [hashOf(request)],
      wanted: { id: run.run_id },
      expires_at: expiresAt(api.clock.now(), limits.idempotencyDays),
      find: ({ id }) => runs.find({ tenant_id: run.tenant_id, run_id: id }),
    });
    if (claim.kind === 'acquired') return make({ ...run, run_id: claim.kept.id });
    return claim.kind === 'completed' ? claim.made : undefined;
  };

  /** Makes the run once for each idempotency key, and answers with it. */
  const begin = async (
    run: StoredRun,
    key: string | undefined,
    sent: { request: string; given?: string },
  ) => {
    const current = await runOf(run, key, sent);
    if (!current) return keyReused;
    // Also where it is known: the first request may have died before it enqueued the run.
    if (current.state === 'pending') {
      await enqueue({ kind: 'start', tenant_id: current.tenant_id, run_id: current.run_id });
    }
    return {
      headers: { location: `/status/${current.run_id}` },
      body: await viewOf(current, runs),
    };
  };

  serve(routes.trigger, ({ query, headers, caller }) => {
    const { test: test_mode = testMode, concurrency_limit, ...options } = query;
    const run = newRun(caller, { ...options, test_mode, concurrency_limit }, false);
    return begin(run, headers['Idempotency-Key'], { request: JSON.stringify(query) });
  });

  serve(routes.startRun, async ({ headers, body: { read, ...wanted }, caller }) => {
    const { emails, test_mode = testMode, on_invalid, concurrency_limit, ...options } = wanted;
    const run = {
      ...newRun(caller, { ...options, test_mode, concurrency_limit }, true),
      ...(on_invalid && { on_invalid }),
    };
    const assumed = await expectation(caller.tenant_id);
    const { answerable } = answerableOf(read);
    const plan = planRun(answerable, run, assumed, api.clock.now());
    const admitted = { ...run, ...admissionOf(plan) };
    const sent = { request: JSON.stringify(wanted), given: JSON.stringify(emails) };
    return begin(admitted, headers['Idempotency-Key'], sent);
  });

  serve(routes.status, async ({ params, caller: { tenant_id } }) => {
    const run = await runs.find({ tenant_id, ...params });
    return run && { body: await viewOf(run, runs) };
  });

  serve(routes.emails, async ({ params, query: { limit, cursor }, caller: { tenant_id } }) => {
    const run = await runs.find({ tenant_id, ...params });
    if (!run) return undefined;
    const { items, next } = await runs.emails(run, limit, cursor);
    return { body: { emails: items.map(emailViewOf), next_cursor: next ?? null } };
  });

  return app;
}

/** Begins with the time, so that runs are sorted by it. */
const newRunId = (now: number): string =>
  `${isoTime(now).replace(/[-:.]/g, '')}-${randomBytes(6).toString('hex')}`;

/** The idempotency keys of runs; a run is made by conditional writes, so that two requests may make it at once. */
export const runKeys = (table: Table): IdempotencyStore<{ id: string }> =>
  idempotencyStore(table, { keyOf: keys.idempotency });

async function viewOf(run: StoredRun, runs: RunStore): Promise<EmailRunStatus> {
  const [late, failed] = await Promise.all([
    run.late > 0 ? runs.lateOrFailed(run, 'late', limits.pageSize) : [],
    run.failed > 0 ? runs.lateOrFailed(run, 'failed', limits.pageSize) : [],
  ]);
  const { fetched, waiting, drafted, sent, on_time, retries } = run;
  return {
    run_id: run.run_id,
    state: run.state,
    test_mode: run.test_mode,
    dependency_kind: run.dependency_kind,
    send: run.send,
    counts: {
      fetched,
      waiting,
      drafted,
      sent,
      on_time,
      late: run.late,
      failed: run.failed,
      retries,
    },
    cannot_be_met: run.cannot_be_met,
    at_risk: run.at_risk,
    late: late.map(lateOf),
    failed: failed.map(({ email_id, reason = '' }) => ({ email_id, reason })),
    problem: run.problem,
    created_at: run.created_at,
    completed_at: run.completed_at,
  };
}

const lateOf = ({ email_id, late_by_seconds = 0 }: LateOrFailed) => ({ email_id, late_by_seconds });

const emailViewOf = (email: StoredEmail | UnreadableEmail): EmailView => ({
  email_id: mailboxIdOf(email),
  state: email.state,
  deadline_at: email.deadline_at === undefined ? null : isoTime(email.deadline_at),
  sent_at: email.sent_at === undefined ? null : isoTime(email.sent_at),
  on_time: email.on_time ?? null,
  answered_by: email.answered_by ?? null,
  response: email.response ?? null,
  reason: email.reason ?? null,
  notes: email.notes ?? [],
});
