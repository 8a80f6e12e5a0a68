import { KeyedHeap } from './keyed-heap.ts';

/** An email that may be worked on, with the deadlines at stake, ascending, in milliseconds. */
export interface ReadyEmail {
  email_id: string;
  /** Those that the run can afford to keep. */
  deadlines: readonly number[];
  /** Those that it was planned to give up, to be kept if there is time after all. */
  spare?: readonly number[];
}

/**
 * Gives the email that most needs it at this moment: the one with the earliest deadline that can
 * still be met, then the same among spare deadlines, then those that can meet none, the least late
 * first; equal ones by email_id. O(log n) per email, amortized: as time passes each email moves at
 * most once per list of its deadlines and once for each of them.
 */
export class ReadyHeap<E extends ReadyEmail> {
  readonly #kept = new KeyedHeap<E>();
  readonly #spare = new KeyedHeap<E>();
  readonly #demoted = new KeyedHeap<E>();

  get size(): number {
    return this.#kept.size + this.#spare.size + this.#demoted.size;
  }

  push(email: E): void {
    this.#place(email, -Infinity);
  }

  /** Takes it out. `serviceMs` is the time that an email is expected to take, such as the learned 75th percentile. */
  take(nowMs: number, serviceMs: number): E | undefined {
    const soonest = nowMs + serviceMs;
    this.#promote(soonest);
    this.#demote(this.#kept, soonest);
    if (this.#kept.size > 0) return this.#kept.pop();
    this.#demote(this.#spare, soonest);
    return this.#spare.pop() ?? this.#demoted.pop();
  }

  /** Emails are expected to be faster than when these were given up. */
  #promote(soonest: number): void {
    while (-(this.#demoted.key ?? Infinity) >= soonest) this.#take(this.#demoted, soonest);
  }

  #demote(heap: KeyedHeap<E>, soonest: number): void {
    while ((heap.key ?? Infinity) < soonest) this.#take(heap, soonest);
  }

  #take(heap: KeyedHeap<E>, soonest: number): void {
    const email = heap.pop();
    if (email) this.#place(email, soonest);
  }

  #place(email: E, soonest: number): void {
    const { deadlines, spare = [] } = email;
    const kept = firstFrom(deadlines, soonest);
    const other = kept ?? firstFrom(spare, soonest);
    if (kept !== undefined) this.#kept.push(kept, email);
    else if (other !== undefined) this.#spare.push(other, email);
    else
      this.#demoted.push(
        -Math.max(deadlines.at(-1) ?? -Infinity, spare.at(-1) ?? -Infinity),
        email,
      );
  }
}

function firstFrom(ascending: readonly number[], soonest: number): number | undefined {
  for (const deadline of ascending) if (deadline >= soonest) return deadline;
  return undefined;
}
