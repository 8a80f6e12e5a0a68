import { FeasibleEdf } from './feasible-edf.ts';
import type { RunContext, Task } from './worker-dependencies.ts';

const anyOrder = { p75Ms: 0, p25Ms: 0 };

/** The emails of one run that wait for a worker of this invocation. */
export class RunQueue<Receipt> {
  readonly context: RunContext;
  readonly #toSend = new FeasibleEdf<Task<Receipt>>();
  readonly #toDraft = new FeasibleEdf<Task<Receipt>>();
  #working = 0;
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

  /** The email whose turn it is, if the run may have one more worker: that one is taken until `release`. */
  take(nowMs: number): Task<Receipt> | undefined {
    if (this.size === 0 || this.#working >= this.context.maxWorkers) return undefined;
    const estimate = this.context.estimate();
    const task =
      this.#toSend.take(nowMs, estimate) ??
      (nowMs >= this.#modelFreeAt ? this.#toDraft.take(nowMs, estimate) : undefined);
    if (task) this.#working += 1;
    return task;
  }

  release(): void {
    this.#working -= 1;
  }

  /** Whether the task may use the model now; if not, it waits here again until a call is free. */
  async acquireModel(task: Task<Receipt>, clock: { now(): number }): Promise<boolean> {
    if (task.message.drafted || this.context.isSuspended) return true;
    const waitMs = await this.context.acquireModelCall();
    if (waitMs === 0) return true;
    this.#modelFreeAt = clock.now() + waitMs;
    this.push(task);
    return false;
  }

  /** Empties the queue. */
  *drain(): Generator<Task<Receipt>> {
    for (const queue of [this.#toSend, this.#toDraft]) {
      for (let task = queue.take(0, anyOrder); task; task = queue.take(0, anyOrder)) yield task;
    }
  }
}
