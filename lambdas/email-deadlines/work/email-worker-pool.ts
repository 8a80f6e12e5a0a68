import { alertPerson, asEngineError } from '../../shared/errors.ts';
import { errorForLog } from '../../shared/log.ts';
import type { Invocation } from '../../shared/queue/consumer.ts';
import { backoffSeconds } from '../../shared/queue/outcome.ts';
import { limits } from '../limits.ts';
import type { ReadyMessage } from '../messages.ts';
import { answerEmail } from './answer-email.ts';
import { idsOf } from './email.ts';
import type { AnswerOutcome } from './ports.ts';
import { postingMs } from './post.ts';
import { queuePoll } from './queue-poll.ts';
import { enqueueAheadMs } from './run.ts';
import { RunQueue } from './run-queue.ts';
import {
  type RunContext,
  type Task,
  taskOf,
  type WorkerDependencies,
} from './worker-dependencies.ts';

/** How soon an email comes back that no worker may take now. */
const soonSeconds = 1;
const pauseMs = 20;
/** Slower models are begun all the same if an invocation has this much time for each of two tries. */
const maxServiceMs = 8_000;
/** How long a company that could not be read is not asked for again. */
const unreadableMs = 2_000;

/**
 * The workers of one invocation. Each takes the email whose turn it is among those that wait here: those of the
 * batch, those that became ready by the workers' own work, and those polled from the queue.
 */
export class EmailWorkerPool<Receipt> {
  readonly #dependencies: WorkerDependencies<Receipt>;
  readonly #invocation: Invocation;
  readonly #poll: ReturnType<typeof queuePoll>;
  readonly #runs = new Map<string, RunQueue<Receipt>>();
  readonly #unreadableUntil = new Map<string, number>();
  /** How much time an email needs that is begun: it may take twice as long as expected, and is posted then. */
  #neededMs = postingMs;
  #claims = 0;
  readonly #returned: Receipt[] = [];
  /** Of emails whose dependents are in this invocation's hands: until these are done, they must not be forgotten. */
  readonly #held: Receipt[] = [];

  constructor(dependencies: WorkerDependencies<Receipt>, invocation: Invocation) {
    const { queue, clock, log } = dependencies;
    this.#dependencies = dependencies;
    this.#invocation = invocation;
    const poll = async () => this.#addAll(await queue.pull(limits.batchSize));
    this.#poll = queuePoll(poll, clock, log);
  }

  /** Answers these emails and what comes with them; returns the receipts of those that must come back. */
  async work(tasks: Task<Receipt>[]): Promise<Receipt[]> {
    const { workers, queue } = this.#dependencies;
    await this.#addAll(tasks);
    await Promise.all(Array.from({ length: workers }, () => this.#worker()));
    await this.#poll.settled();
    for (const run of this.#runs.values()) {
      for (const task of run.drain()) await this.#return(task, 0);
    }
    for (const receipt of this.#held) await queue.finish(receipt);
    return this.#returned;
  }

  async #worker(): Promise<void> {
    const { workers, clock } = this.#dependencies;
    while (this.#hasTime()) {
      if (this.#waiting() < workers) void this.#poll.more();
      if (await this.#answerNext()) continue;
      const isIdle = [...this.#runs.values()].every((one) => one.isIdle);
      if (isIdle && !(await this.#poll.more())) return;
      await clock.sleep(pauseMs);
    }
  }

  #hasTime = (): boolean => this.#invocation.remainingMs() > this.#neededMs;

  #waiting = (): number => [...this.#runs.values()].reduce((sum, { size }) => sum + size, 0);

  /** Answers the next email of a run that may have another worker; false if there is none. */
  async #answerNext(): Promise<boolean> {
    const { clock } = this.#dependencies;
    for (const [name, run] of this.#runs) {
      if (!run.reserve(clock.now())) continue;
      // Runs take turns.
      this.#runs.delete(name);
      this.#runs.set(name, run);
      try {
        const task = await run.take(clock);
        if (task) await this.#handle(task, run.context);
      } finally {
        run.release();
      }
      return true;
    }
    return false;
  }

  async #handle(task: Task<Receipt>, context: RunContext): Promise<void> {
    try {
      const result = await this.#answer(task.message, context);
      await this.#addAll(result.ready.map((ready) => taskOf(ready)));
      await this.#settle(task, result);
    } catch (thrown) {
      this.#log('An email could not be worked on; it comes back.', thrown, task.message);
      await this.#return(task, this.#backoff(task));
    }
  }

  async #answer(message: ReadyMessage, context: RunContext): Promise<AnswerOutcome> {
    const isWanted = !context.isOver || message.failed_at !== undefined;
    if (!context.run || !isWanted) return { kind: 'done', ready: [] };
    if (context.isSuspended) return untilResumed(message);
    const earlyMs = (message.release_at ?? 0) - this.#dependencies.clock.now();
    // The run's watch enqueues it in the hour before its time.
    if (earlyMs > 2 * enqueueAheadMs) return { kind: 'done', ready: [] };
    if (earlyMs > 0) return { kind: 'retry', afterSeconds: earlyMs / 1000, ready: [] };
    // One lease for each try: an email may be in two messages.
    this.#claims += 1;
    const owner = `${this.#invocation.owner}.${this.#claims}`;
    return answerEmail(message, context.run, context.ports, { ...this.#invocation, owner });
  }

  async #settle(task: Task<Receipt>, result: AnswerOutcome): Promise<void> {
    const { message, receipt } = task;
    const { queue } = this.#dependencies;
    switch (result.kind) {
      case 'retry':
        return this.#return(task, result.afterSeconds);
      case 'dead': {
        const { failedAt: failed_at, error } = result;
        await queue.deadLetter(
          { ...message, ...(failed_at !== undefined && { failed_at }) },
          error,
        );
        if (receipt) await queue.finish(receipt);
        return;
      }
      case 'done':
        if (receipt && result.ready.length > 0) this.#held.push(receipt);
        else if (receipt) await queue.finish(receipt);
        return;
      default:
        return result satisfies never;
    }
  }

  async #return({ message, receipt }: Task<Receipt>, seconds: number): Promise<void> {
    const { queue } = this.#dependencies;
    if (!receipt) return queue.put([message], seconds);
    this.#returned.push(receipt);
    await queue.returnAfter(receipt, seconds);
  }

  /** Returns how many they are. */
  async #addAll(tasks: Task<Receipt>[]): Promise<number> {
    for (const task of tasks) await this.#add(task);
    return tasks.length;
  }

  async #add(task: Task<Receipt>): Promise<void> {
    const name = `${task.message.tenant_id} ${task.message.run_id}`;
    const run = this.#runs.get(name) ?? (await this.#load(name, task.message));
    if (!run) return this.#return(task, this.#backoff(task));
    const { maxWorkers, estimate, ports } = run.context;
    if (maxWorkers === 0) return this.#return(task, soonSeconds);
    const neededMs = postingMs + ports.gapMs + 2 * Math.min(estimate().p75Ms, maxServiceMs);
    this.#neededMs = Math.max(this.#neededMs, neededMs);
    this.#runs.set(name, run);
    run.push(task);
  }

  /** Undefined while the company cannot be read; that is logged once and not for each of its emails. */
  async #load(name: string, message: ReadyMessage): Promise<RunQueue<Receipt> | undefined> {
    const { clock, loadRunContext } = this.#dependencies;
    if ((this.#unreadableUntil.get(name) ?? 0) > clock.now()) return undefined;
    try {
      return new RunQueue<Receipt>(await loadRunContext(message));
    } catch (thrown) {
      this.#log('A company cannot be read; its emails come back.', thrown, message);
      this.#unreadableUntil.set(name, clock.now() + unreadableMs);
      return undefined;
    }
  }

  /** In seconds. Emails that cannot be worked on would otherwise come back every second, for hours. */
  #backoff({ received = 1 }: Task<Receipt>): number {
    const bounds = { baseSeconds: 1, capSeconds: 60 };
    return backoffSeconds(received, this.#dependencies.random, bounds);
  }

  #log(what: string, thrown: unknown, message: ReadyMessage): void {
    const error = errorForLog(asEngineError(thrown));
    this.#dependencies.log.error(what, { ...idsOf(message), error });
  }
}

/** The run's watch enqueues it again after the company is resumed; to a dead letter only a person can. */
function untilResumed({ tenant_id, failed_at }: ReadyMessage): AnswerOutcome {
  if (failed_at === undefined) return { kind: 'done', ready: [] };
  const error = alertPerson(
    'company_suspended',
    `Company ${tenant_id} is suspended: redrive this once it is resumed.`,
  );
  return { kind: 'dead', error, ready: [] };
}
