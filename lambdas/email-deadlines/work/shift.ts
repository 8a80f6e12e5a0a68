import { asEngineError } from '../../shared/errors.ts';
import { errorForLog } from '../../shared/log.ts';
import { limits } from '../limits.ts';
import type { ReadyMessage } from '../messages.ts';
import { answerEmail, type Invocation } from './answer-email.ts';
import {
  backoffOf,
  type Desk,
  deadLetterOf,
  idsOf,
  nameOf,
  type Office,
  type Task,
  untilResumed,
} from './office.ts';
import { type Pile, pileOf } from './pile.ts';
import type { WorkResult } from './ports.ts';
import { postingMs } from './post.ts';
import { aheadMs } from './run.ts';

/** For an order that does not matter. */
const noTime = { safeMs: 0, luckyMs: 0 };

/** How soon an email comes back for which there is no worker now. */
const soonSeconds = 1;
const shortPauseMs = 20;
/** Models that take longer than this are begun with all the same, as long as that much time is left for them. */
const longestMs = 8_000;
/** A company that could not be read is not asked for again for so long. */
const shutMs = 2_000;
/** After the queue had nothing it is not asked again for so long. */
const dryMs = 500;

/**
 * One invocation's work: many workers at one heap, which always take what most needs it; the heap is
 * filled up from the queue as long as there is time, and with dependents that become ready here.
 */
export class Shift<Receipt> {
  readonly #office: Office<Receipt>;
  readonly #invocation: Invocation;
  readonly #piles = new Map<string, Pile<Task<Receipt>>>();
  readonly #active = new Map<string, number>();
  readonly #desks = new Map<string, Promise<Desk>>();
  readonly #shutUntil = new Map<string, number>();
  #busy = 0;
  #filling: Promise<boolean> | undefined;
  #dryUntil = 0;
  #claims = 0;
  #serviceMs = 0;
  #postingMs = postingMs;
  readonly #failed: Receipt[] = [];
  /** Of emails whose dependents are in this invocation's hands. */
  readonly #held: Receipt[] = [];

  constructor(office: Office<Receipt>, invocation: Invocation) {
    this.#office = office;
    this.#invocation = invocation;
  }

  /** Works off these and what comes with them; the receipts of those that must come back. */
  async work(tasks: Task<Receipt>[]): Promise<Receipt[]> {
    for (const task of tasks) await this.#add(task);
    await Promise.all(Array.from({ length: this.#office.workers }, () => this.#worker()));
    await this.#giveBackTheRest();
    return this.#failed;
  }

  async #worker(): Promise<void> {
    while (this.#hasTime()) {
      const next = await this.#next();
      if (next) await this.#handle(next.task, next.desk);
      else if (this.#busy === 0 && this.#waiting() === 0 && !(await this.#refill())) return;
      else await this.#office.clock.sleep(shortPauseMs);
    }
  }

  /** The neediest email of a run that has a worker and, where it needs one, a call of the model to spare. */
  async #next(): Promise<{ task: Task<Receipt>; desk: Desk } | undefined> {
    if (this.#waiting() < this.#office.workers) void this.#refill();
    for (const [name, pile] of this.#piles) {
      const desk = await this.#reserved(pile);
      if (!desk) continue;
      const task = await this.#granted(pile, desk).finally(() => {
        pile.asking -= 1;
      });
      if (!task) {
        this.#release(pile.run);
        continue;
      }
      // Piles take turns.
      this.#piles.delete(name);
      this.#piles.set(name, pile);
      this.#busy += 1;
      return { task, desk };
    }
    return undefined;
  }

  /** The desk of a pile that has something and may have another worker: this one, counted before anything is awaited. */
  async #reserved(pile: Pile<Task<Receipt>>): Promise<Desk | undefined> {
    const { run, heap, blockedUntil } = pile;
    const desk = await this.#desks.get(run);
    const active = this.#active.get(run) ?? 0;
    if (!desk || active >= desk.allowance || heap.size <= pile.asking) return undefined;
    if (blockedUntil > this.#office.clock.now()) return undefined;
    this.#active.set(run, active + 1);
    pile.asking += 1;
    return desk;
  }

  #release = (run: string) => this.#active.set(run, (this.#active.get(run) ?? 1) - 1);

  /** The budget is asked first and the email chosen after it, so that the grant is for whoever most needs it then. */
  async #granted(pile: Pile<Task<Receipt>>, desk: Desk): Promise<Task<Receipt> | undefined> {
    const waitMs = pile.needsModel && !desk.isSuspended ? await desk.grant() : 0;
    if (waitMs > 0) pile.blockedUntil = this.#office.clock.now() + waitMs;
    return waitMs > 0 ? undefined : pile.heap.take(this.#office.clock.now(), desk.expected());
  }

  async #handle(task: Task<Receipt>, desk: Desk): Promise<void> {
    try {
      const result = await this.#answer(task, desk);
      for (const message of result.ready) {
        await this.#add({ ...message, message });
      }
      await this.#settle(task, result);
    } catch (thrown) {
      this.#note('An email could not be worked on; it comes back.', thrown, idsOf(task.message));
      await this.#comeBack(task, backoffOf(task, this.#office.random));
    } finally {
      this.#busy -= 1;
      this.#release(nameOf(task.message));
    }
  }

  async #answer(task: Task<Receipt>, desk: Desk): Promise<WorkResult> {
    const { message } = task;
    const isAsked = !desk.isOver || message.failed_at !== undefined;
    if (!desk.run || !isAsked) return { kind: 'done', ready: [] };
    if (desk.isSuspended) return untilResumed(message);
    const early = (message.release_at ?? 0) - this.#office.clock.now();
    // The run's watch hands it out when its hour has come; until then it would only be carried around.
    if (early > 2 * aheadMs) return { kind: 'done', ready: [] };
    if (early > 0) return { kind: 'later', afterSeconds: early / 1000, ready: [] };
    // Of an email that is in two messages only one of them may hold the lease.
    this.#claims += 1;
    const owner = `${this.#invocation.owner}.${this.#claims}`;
    return answerEmail(message, desk.run, desk.ports, { ...this.#invocation, owner });
  }

  async #settle({ message, receipt }: Task<Receipt>, result: WorkResult): Promise<void> {
    switch (result.kind) {
      case 'later':
        return this.#comeBack({ message, ...(receipt && { receipt }) }, result.afterSeconds);
      case 'dead':
        await this.#office.queue.deadLetter(deadLetterOf(message, result.failedAt), result.error);
        if (receipt) await this.#office.queue.finish(receipt);
        return;
      case 'done':
        // Its dependents are in this invocation's hands: until they are done, it must not be forgotten.
        if (receipt && result.ready.length > 0) this.#held.push(receipt);
        else if (receipt) await this.#office.queue.finish(receipt);
        return;
      default:
        return result satisfies never;
    }
  }

  async #comeBack(
    task: Pick<Task<Receipt>, 'message' | 'receipt'>,
    seconds: number,
  ): Promise<void> {
    if (!task.receipt) return this.#office.queue.put([task.message], seconds);
    this.#failed.push(task.receipt);
    await this.#office.queue.returnAfter(task.receipt, seconds);
  }

  async #add(task: Task<Receipt>): Promise<void> {
    const run = nameOf(task.message);
    const desk = await this.#deskOf(task.message);
    if (!desk) return this.#comeBack(task, backoffOf(task, this.#office.random));
    if (desk.allowance === 0) {
      this.#desks.delete(run);
      return this.#comeBack(task, soonSeconds);
    }
    const { safeMs } = desk.expected();
    this.#serviceMs = Math.max(this.#serviceMs, Math.min(safeMs, longestMs));
    this.#postingMs = Math.max(this.#postingMs, postingMs + desk.ports.gapMs);
    pileOf(this.#piles, run, task.message).heap.push(task);
  }

  /** Undefined where the company cannot be read now, of which one line is written and not one for each of its emails. */
  async #deskOf(message: ReadyMessage): Promise<Desk | undefined> {
    const run = nameOf(message);
    if ((this.#shutUntil.get(run) ?? 0) > this.#office.clock.now()) return undefined;
    const known = this.#desks.get(run);
    const opening = known ?? this.#office.deskFor(message);
    this.#desks.set(run, opening);
    return opening.catch((thrown) => {
      this.#desks.delete(run);
      this.#shutUntil.set(run, this.#office.clock.now() + shutMs);
      if (!known) {
        this.#note('A company cannot be read; its emails come back.', thrown, idsOf(message));
      }
      return undefined;
    });
  }

  #waiting = (): number => [...this.#piles.values()].reduce((sum, { heap }) => sum + heap.size, 0);

  /** Whether an email may be begun: it takes twice as long as the slowest company's are expected to, and is posted then. */
  #hasTime = (): boolean => this.#invocation.remainingMs() > this.#postingMs + 2 * this.#serviceMs;

  /** Whether the queue had more. */
  #refill(): Promise<boolean> {
    this.#filling ??= this.#pull()
      .catch((thrown) => {
        this.#note('The queue gave no more emails.', thrown);
        this.#dryUntil = this.#office.clock.now() + dryMs;
        return false;
      })
      .finally(() => {
        this.#filling = undefined;
      });
    return this.#filling;
  }

  #note(what: string, thrown: unknown, ids = {}): void {
    this.#office.log.error(what, { ...ids, error: errorForLog(asEngineError(thrown)) });
  }

  async #pull(): Promise<boolean> {
    if (!this.#hasTime() || this.#dryUntil > this.#office.clock.now()) {
      return false;
    }
    const tasks = await this.#office.queue.pull(limits.batchSize);
    for (const task of tasks) await this.#add(task);
    if (tasks.length === 0) this.#dryUntil = this.#office.clock.now() + dryMs;
    return tasks.length > 0;
  }

  async #giveBackTheRest(): Promise<void> {
    await this.#filling;
    for (const { heap } of this.#piles.values()) {
      for (let task = heap.take(0, noTime); task; task = heap.take(0, noTime))
        await this.#comeBack(task, 0);
    }
    for (const receipt of this.#held) await this.#office.queue.finish(receipt);
  }
}
