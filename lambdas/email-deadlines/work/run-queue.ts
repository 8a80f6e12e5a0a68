import { FeasibleEdf } from './feasible-edf.ts';
import type { RunContext, Task } from './worker-dependencies.ts';

const anyOrder = { p75Ms: 0, p25Ms: 0 };

/** The emails of one run that wait for a worker of this invocation. */
export class RunQueue<Receipt> {
  readonly context: RunContext;
  readonly #toSend = new FeasibleEdf<Task<Receipt>>();
  readonly #toDraft = new FeasibleEdf<Task<Receipt>>();
  #working = 0;
  /** Workers that ask for a call of the model. */
  #asking = 0;
  #modelFreeAt = 0;

  constructor(context: RunContext) {
    this.context = context;
  }

  get size(): number {
    return this.#toSend.size + this.#toDraft.size;
  }

  get isIdle(): boolean {
    return this.size === 0 && this.#working === 0;
  }

  push(task: Task<Receipt>): void {
    const queue = task.message.drafted ? this.#toSend : this.#toDraft;
    queue.push(task);
  }

  /** Whether the run has an email for one more worker now; if so, that worker is taken until `release`. */
  reserve(nowMs: number): boolean {
    const mayDraft = this.#toDraft.size > this.#asking && nowMs >= this.#modelFreeAt;
    const hasEmail = this.#toSend.size > 0 || mayDraft;
    if (!hasEmail || this.#working >= this.context.maxWorkers) return false;
    this.#working += 1;
    return true;
  }

  release(): void {
    this.#working -= 1;
  }

  /**
   * The email whose turn it is, for a worker that is reserved; none while no call of the model is free. Drafts are
   * chosen once there is a call: whichever worker it was that got it, the call is for the email that needs it most.
   */
  async take(clock: { now(): number }): Promise<Task<Receipt> | undefined> {
    const { context } = this;
    if (this.#toSend.size > 0) return this.#toSend.take(clock.now(), context.estimate());
    this.#asking += 1;
    const waitMs = context.isSuspended ? 0 : await context.acquireModelCall();
    this.#asking -= 1;
    if (waitMs === 0) return this.#toDraft.take(clock.now(), context.estimate());
    this.#modelFreeAt = clock.now() + waitMs;
    return undefined;
  }

  /** Empties the queue. */
  *drain(): Generator<Task<Receipt>> {
    for (const queue of [this.#toSend, this.#toDraft]) {
      for (let task = queue.take(0, anyOrder); task; task = queue.take(0, anyOrder)) yield task;
    }
  }
}
