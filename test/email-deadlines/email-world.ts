import { setImmediate as turn } from 'node:timers/promises';
import type { ReadyMessage } from '../../lambdas/email-deadlines/messages.ts';
import type { Counts } from '../../lambdas/email-deadlines/routes.ts';
import { emailStore } from '../../lambdas/email-deadlines/stores/email-store.ts';
import { runStore } from '../../lambdas/email-deadlines/stores/run-store.ts';
import type { EmailIn } from '../../lambdas/email-deadlines/work/email.ts';
import { EmailWorkerPool } from '../../lambdas/email-deadlines/work/email-worker-pool.ts';
import type { AnswerTier } from '../../lambdas/email-deadlines/work/fallback-chain.ts';
import { emailsOfPlan, planRun } from '../../lambdas/email-deadlines/work/plan-run.ts';
import type { EmailPorts, PostResult, Reply } from '../../lambdas/email-deadlines/work/ports.ts';
import { enqueueReady } from '../../lambdas/email-deadlines/work/ready.ts';
import { noCounts, type StoredRun } from '../../lambdas/email-deadlines/work/run.ts';
import {
  type Task,
  taskOf,
  type WorkerDependencies,
} from '../../lambdas/email-deadlines/work/worker-dependencies.ts';
import type { EngineError } from '../../lambdas/shared/errors.ts';
import { TestProcess } from '../support/crash.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import type { TestTable } from '../support/table.ts';

export const anEmail = (email_id: string, fields: Partial<EmailIn> = {}): EmailIn => ({
  email_id,
  subject: `About ${email_id}`,
  body: 'Where is my order?',
  deadline: 60,
  dependencies: null,
  ...fields,
});

export const aRun = (fields: Partial<StoredRun> = {}): StoredRun => ({
  ...noCounts,
  tenant_id: 'acme',
  run_id: 'run-1',
  state: 'pending',
  test_mode: true,
  dependency_kind: 'order',
  send: 'asap',
  concurrency_limit: 64,
  has_emails: true,
  cannot_be_met: [],
  at_risk: 0,
  problem: null,
  created_at: '2026-11-21T10:00:00.000Z',
  created_by: 'key:1',
  completed_at: null,
  ...fields,
});

export interface EmailWorldOptions {
  post?: (reply: Reply, nth: number) => PostResult | undefined;
  answer?: (tier: AnswerTier, emailId: string) => Promise<string>;
  times?: Partial<Record<AnswerTier, number>>;
  workers?: number;
  maxWorkers?: number;
  acquireModelCall?: () => Promise<number>;
  /** What passing time does; by default none passes. */
  sleep?: (ms: number) => Promise<void>;
  pull?: () => Promise<never>;
  isSuspended?: boolean;
  /** What is left of an invocation's time. */
  remainingMs?: () => number;
  /** Why nothing can be posted. */
  fault?: EngineError;
  loadRunContext?: (message: ReadyMessage) => Promise<undefined>;
  /** Once the first email has failed, the run is taken to be completed. */
  isOver?: boolean;
}

type Message = {
  id: number;
  message: ReadyMessage;
  isOut: boolean;
  afterSeconds: number;
  received: number;
};

/** A run on a real store, with a mailbox that knows idempotency keys and a queue that brings back what is not finished. */
export async function anEmailWorld(
  table: TestTable,
  emails: EmailIn[],
  run = aRun(),
  options: EmailWorldOptions = {},
) {
  const [store, runs, log, meter] = [
    emailStore(table),
    runStore(table),
    recordedLog(),
    recordedMeter(),
  ];
  const accepted: { reply: Reply; at: number }[] = [];
  const posts: Reply[] = [];
  const mosts: number[] = [];
  const dead: { message: ReadyMessage; code: string }[] = [];
  const counts: Counts = { ...noCounts };
  const queue: Message[] = [];
  let ids = 0;
  let invocations = 0;
  const sleep = options.sleep ?? (() => turn());
  const enqueue = (messages: ReadyMessage[], afterSeconds = 0) => {
    for (const message of messages)
      queue.push({ id: ids++, message, isOut: false, afterSeconds, received: 0 });
  };

  const plan = planRun(emails, run, { serviceMs: 500, gapMs: 0.1 }, table.clock.now());
  await runs.create(run);
  const planned = emailsOfPlan(plan, run);
  const retainedFrom = table.clock.now();
  await runs.claimStart(run, 'start', retainedFrom + 60_000);
  await runs.writeEmails(planned.emails, planned.dependents, { until: Infinity, retainedFrom });
  await runs.begin(run, 'start', { fetched: emails.length, waiting: emails.length }, retainedFrom);
  const clock = table.clock;
  await enqueueReady(planned.emails, run, {
    enqueue: async (messages) => enqueue(messages),
    clock,
  });

  const take = (concurrency: number): Message[] => {
    const taken = queue.filter(({ isOut }) => !isOut).slice(0, concurrency);
    for (const message of taken) {
      message.isOut = true;
      message.received += 1;
    }
    return taken;
  };
  const taken = (message: Message): Task<Message> => ({
    ...taskOf(message.message),
    receipt: message,
    received: message.received,
  });

  const dependenciesOf = (process: TestProcess): WorkerDependencies<Message> => {
    const clock = process.clock({ now: table.clock.now, sleep });
    const ports: EmailPorts = {
      store: process.port(store, { pure: ['dependentsOf'] }),
      answerer: {
        answer: (step, { email }) =>
          process.call(
            async () => (await options.answer?.(step, email.email_id)) ?? `Re: ${email.email_id}`,
          ),
      },
      mailbox: {
        post: (reply, timeoutMs) =>
          process.call(async () => {
            posts.push(reply);
            mosts.push(timeoutMs);
            const said = options.post?.(reply, posts.length) ?? { kind: 'accepted' };
            const isNew = !accepted.some(
              ({ reply: one }) => one.idempotencyKey === reply.idempotencyKey,
            );
            if (said.kind === 'accepted' && isNew) accepted.push({ reply, at: accepted.length });
            return said;
          }),
      },
      times: { expected: () => options.times ?? { full: 500, template: 1 }, learn: () => {} },
      clock,
      random: () => 0.5,
      log,
      meter,
      ...(options.fault && { fault: options.fault }),
      maxRetries: 2,
      gapMs: 0.1,
      count(_run, more) {
        for (const [name, by] of Object.entries(more)) counts[name as keyof Counts] += by;
      },
    };
    return {
      queue: {
        pull: (concurrency) =>
          process.call(async () => (await options.pull?.()) ?? take(concurrency).map(taken)),
        put: (messages, seconds) => process.call(async () => enqueue(messages, seconds)),
        finish: (message) => process.call(async () => void queue.splice(queue.indexOf(message), 1)),
        returnAfter: (message, seconds) =>
          process.call(async () => {
            message.isOut = seconds > 0;
            message.afterSeconds = seconds;
          }),
        deadLetter: (message, { code }) =>
          process.call(async () => void dead.push({ message, code })),
      },
      async loadRunContext(message) {
        await options.loadRunContext?.(message);
        const { maxWorkers = 8, acquireModelCall = async () => 0 } = options;
        const isOver = options.isOver === true && dead.length > 0;
        const estimate = () => ({ p75Ms: 500, p25Ms: 450 });
        const { isSuspended = false } = options;
        return { run, isOver, isSuspended, ports, maxWorkers, estimate, acquireModelCall };
      },
      clock,
      random: () => 0.5,
      log,
      // Those who wait would let time pass for the one who works.
      workers: options.workers ?? (options.sleep ? 1 : 4),
    };
  };

  return {
    accepted,
    posts,
    /** What each post was allowed to take. */
    mosts,
    dead,
    counts,
    queue,
    log,
    meter,
    store,
    runs,
    run,
    enqueue,
    acceptedIds: () => accepted.map(({ reply }) => reply.email_id),
    email: async (email_id: string) =>
      (await runs.allEmails(run)).find((one) => one.email_id === email_id),
    /** One invocation; true when it lived. What a dead one had taken is back in the queue after its leases. */
    async invoke(process = new TestProcess()): Promise<boolean> {
      invocations += 1;
      for (const message of queue) message.isOut = false;
      const { remainingMs = () => 45_000 } = options;
      const invocation = { owner: `invocation-${invocations}`, remainingMs };
      const pool = new EmailWorkerPool(dependenciesOf(process), invocation);
      await process.outcome(pool.work(take(10).map(taken)));
      if (!process.crashed) return true;
      table.clock.pass(60_000);
      for (const message of queue) message.isOut = false;
      return false;
    },
    /** Invocations until the queue is empty. */
    async workOff(concurrency = 30): Promise<void> {
      for (let n = 0; n < concurrency && queue.length > 0; n++) {
        await this.invoke();
        // Each comes back after its pause.
        const pauses = queue.map(({ isOut, afterSeconds }) => (isOut ? afterSeconds : 0));
        table.clock.pass(1_000 * Math.max(1, ...pauses));
        for (const message of queue) message.isOut = false;
      }
    },
  };
}
