import { asEngineError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { errorForLog } from '../../shared/log.ts';

/** How long an empty queue is not polled again. */
const pauseMs = 500;

/**
 * Polls the queue of ready emails, one poll at a time.
 *
 * Why a worker polls the queue that its event source reads as well: an event source delivers at most ten emails, which
 * is fewer than an invocation has workers. With those alone no email would ever wait in an invocation, so that there
 * would be nothing to choose by deadline; the workers would idle until the slowest of the ten is done; and each ten
 * emails would pay for loading their run and leasing its workers anew. So the event source starts an invocation, and
 * the invocation keeps itself supplied until the queue is empty or its time is up.
 */
export class QueuePoll {
  readonly #poll: () => Promise<number>;
  readonly #clock: { now(): number };
  readonly #log: Log;
  #running: Promise<boolean> | undefined;
  #emptyUntil = 0;

  /** `poll` takes emails from the queue and returns how many. */
  constructor(poll: () => Promise<number>, clock: { now(): number }, log: Log) {
    this.#poll = poll;
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether the queue had emails. */
  more(): Promise<boolean> {
    if (this.#emptyUntil > this.#clock.now()) return Promise.resolve(false);
    this.#running ??= this.#more().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves when no poll is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #more(): Promise<boolean> {
    const count = await this.#poll().catch((thrown) => {
      const error = errorForLog(asEngineError(thrown));
      this.#log.error('The queue gave no more emails.', { error });
      return 0;
    });
    if (count === 0) this.#emptyUntil = this.#clock.now() + pauseMs;
    return count > 0;
  }
}
