import { KeyedHeap } from './keyed-heap.ts';

/** An email that may be worked on, with the deadlines at stake, ascending, in milliseconds. */
export interface ReadyEmail {
  email_id: string;
  /** Those that the run can afford to keep. */
  deadlines: readonly number[];
  /** Those that it was planned to give up, to be kept if there is time after all. */
  spare?: readonly number[];
}

/** What an email is expected to take, in milliseconds: most take no more than `safeMs`, few less than `luckyMs`. */
export interface Expected {
  safeMs: number;
  luckyMs: number;
}

/**
 * Gives the email that most needs it at this moment: the one with the earliest deadline that can
 * still be met, then the same among spare deadlines, then those that can meet none, the least late
 * first; equal ones by email_id. One that will be met with luck only keeps its turn where the next
 * can wait for that. O(log n) per email, amortized: as time passes each email moves at
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

  /** Takes it out. */
  take(nowMs: number, expected: Expected): E | undefined {
    this.#promote(nowMs + expected.safeMs);
    return (
      this.#risk(this.#kept, nowMs, expected) ??
      this.#kept.pop() ??
      this.#risk(this.#spare, nowMs, expected) ??
      this.#spare.pop() ??
      this.#demoted.pop()
    );
  }

  /** Emails are expected to be faster than when these were demoted. */
  #promote(soonest: number): void {
    while (-(this.#demoted.key ?? Infinity) >= soonest) {
      const email = this.#demoted.pop();
      if (email) this.#place(email, soonest);
    }
  }

  /** Demotes what cannot be met, down to one that is worth a try. */
  #risk(heap: KeyedHeap<E>, nowMs: number, { safeMs, luckyMs }: Expected): E | undefined {
    const soonest = nowMs + safeMs;
    for (let key = heap.key; key !== undefined && key < soonest; key = heap.key) {
      const email = heap.pop();
      const next = heap.key ?? Infinity;
      if (key >= nowMs + luckyMs && next >= soonest + luckyMs) return email;
      if (email) this.#place(email, soonest);
    }
    return undefined;
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
