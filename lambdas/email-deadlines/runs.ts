import { randomBytes } from 'node:crypto';
import type { Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { isoTime } from '../shared/clock.ts';
import { keyReused, maxKeyChars } from '../shared/http/idempotency-key.ts';
import { invalid, jsonBody, queryFaults } from '../shared/http/json-body.ts';
import { problemResponse } from '../shared/http/problem.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type ApiDependencies, protectedApp } from '../tenancy/protected-app.ts';
import { limits } from './limits.ts';
import type { RunMessage } from './messages.ts';
import { readRequest } from './read-request.ts';
import { type EmailRunStatus, type EmailView, pageQuery, routes, triggerQuery } from './routes.ts';
import { hashOf, type IdempotencyKeys } from './stores/idempotency.ts';
import type { LateOrFailed, RunStore } from './stores/run-store.ts';
import { admissionOf } from './work/admission.ts';
import { answerableOf } from './work/answerable.ts';
import { mailboxIdOf, type StoredEmail, type UnreadableEmail } from './work/email.ts';
import { type Expectation, planRun } from './work/plan-run.ts';
import { noCounts, type StoredRun } from './work/run.ts';

export interface RunsPorts extends ApiDependencies {
  runs: RunStore;
  idempotency: IdempotencyKeys;
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
  const { enqueue, testMode, concurrencyLimit, ...gate } = rest;
  const { app, serve } = protectedApp(gate);

  const newRun = (caller: Caller, options: Options, has_emails: boolean): StoredRun => ({
    ...noCounts,
    tenant_id: caller.tenant_id,
    run_id: newRunId(gate.clock.now()),
    state: 'pending',
    test_mode: options.test_mode,
    dependency_kind: options.dependency_kind,
    send: options.send,
    concurrency_limit: options.concurrency_limit ?? concurrencyLimit,
    has_emails,
    cannot_be_met: [],
    at_risk: 0,
    problem: null,
    created_at: isoTime(gate.clock.now()),
    created_by: caller.principal,
    completed_at: null,
  });

  /** What cannot be an id is no run's, and no key of the store either. */
  const found = async (c: Context, tenant_id: string): Promise<StoredRun | undefined> => {
    const run_id = c.req.param('run_id') ?? '';
    return runIds.test(run_id) ? runs.find({ tenant_id, run_id }) : undefined;
  };

  /** Makes the run once for each idempotency key, and answers with it. */
  const begin = async (c: Context, run: StoredRun, request: string, given?: string) => {
    const use = await useKey(c, run, request, idempotency);
    if (use instanceof Response) return use;
    const wanted = { ...run, run_id: use.id };
    const found = use.known ? await runs.find(wanted) : undefined;
    if (!found) await runs.create(wanted, given);
    const current = found ?? wanted;
    // Also where it is known: the first request may have died before it enqueued the run.
    if (current.state === 'pending') {
      await enqueue({ kind: 'start', tenant_id: current.tenant_id, run_id: current.run_id });
    }
    c.header('location', `/status/${current.run_id}`);
    return c.json(await viewOf(current, runs), 202);
  };

  serve(routes.trigger, (c, caller) => {
    const query = triggerQuery.safeParse(c.req.query());
    if (!query.success) return invalid(c, queryFaults(c.req.query(), query.error.issues));
    const { test = testMode, ...options } = query.data;
    const run = newRun(
      caller,
      { ...options, test_mode: test, concurrency_limit: options.concurrency_limit },
      false,
    );
    return begin(c, run, JSON.stringify(query.data));
  });

  serve(routes.startRun, async (c, caller) => {
    const misplaced = Object.keys(c.req.query());
    if (misplaced.length > 0) {
      return invalid(
        c,
        misplaced.map((pointer) => ({ pointer, detail: 'It belongs in the body here.' })),
      );
    }
    const body = await jsonBody(c, z.unknown(), limits.runBodyBytes);
    if ('problem' in body) return body.problem;
    const request = readRequest(body.value);
    if ('faults' in request) return invalid(c, request.faults);
    const { read, ...wanted } = request;
    const { emails, test_mode = testMode, on_invalid, ...options } = wanted;
    const run = {
      ...newRun(
        caller,
        { ...options, test_mode, concurrency_limit: options.concurrency_limit },
        true,
      ),
      ...(on_invalid && { on_invalid }),
    };
    const assumed = await expectation(caller.tenant_id);
    const { answerable } = answerableOf(read);
    const plan = planRun(answerable, run, assumed, gate.clock.now());
    const admitted = { ...run, ...admissionOf(plan) };
    return begin(c, admitted, JSON.stringify(wanted), JSON.stringify(emails));
  });

  serve(routes.status, async (c, { tenant_id }) => {
    const run = await found(c, tenant_id);
    return run ? c.json(await viewOf(run, runs)) : noSuchRun(c);
  });

  serve(routes.emails, async (c, { tenant_id }) => {
    const query = pageQuery.safeParse(c.req.query());
    if (!query.success) return invalid(c, queryFaults(c.req.query(), query.error.issues));
    const run = await found(c, tenant_id);
    if (!run) return noSuchRun(c);
    const limit = Number(query.data.limit ?? limits.pageSize);
    const { items, next } = await runs.emails(run, limit, query.data.cursor);
    return c.json({ emails: items.map(emailViewOf), next_cursor: next ?? null });
  });

  return app;
}

const runIds = /^[0-9A-Za-z-]{1,64}$/;

/** Begins with the time, so that runs are sorted by it. */
const newRunId = (now: number): string =>
  `${isoTime(now).replace(/[-:.]/g, '')}-${randomBytes(6).toString('hex')}`;

async function useKey(
  c: Context,
  run: StoredRun,
  request: string,
  idempotency: IdempotencyKeys,
): Promise<{ id: string; known: boolean } | Response> {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return { id: run.run_id, known: false };
  if (key === '' || key.length > maxKeyChars) {
    return invalid(c, [
      { pointer: 'Idempotency-Key', detail: `It has 1 to ${maxKeyChars} characters.` },
    ]);
  }
  const use = await idempotency.use(run.tenant_id, key, hashOf(request), run.run_id);
  if (use.kind !== 'reused') return { id: use.id, known: use.kind === 'known' };
  return keyReused(c);
}

const noSuchRun = (c: Context): Response =>
  problemResponse(c, {
    type: 'not-found',
    title: 'Not found',
    status: 404,
    detail: 'There is no such run.',
  });

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
