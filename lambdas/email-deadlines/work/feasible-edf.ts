import TinyQueue from 'tinyqueue';
import type { Priority } from './priorities.ts';
import type { ServiceEstimate } from './service-times.ts';

/** An email that waits for a worker. */
export interface QueuedEmail extends Priority {
  email_id: string;
}

interface Entry<E> {
  deadline: number;
  email: E;
}

/**
 * Earliest feasible deadline first: gives the email with the earliest planned deadline that can still be met, then
 * the same among best-effort deadlines, then the emails that can meet none, the least late first. Ties go by
 * email_id. A deadline can be met if it is at least `p75Ms` ahead; one that only `p25Ms` allows is tried if the next
 * email can wait for that. O(log n) per email, amortized: an email moves at most once for each of its deadlines.
 */
export class FeasibleEdf<E extends QueuedEmail> {
  readonly #planned = queue<E>();
  readonly #bestEffort = queue<E>();
  readonly #late = queue<E>();

  get size(): number {
    return this.#planned.length + this.#bestEffort.length + this.#late.length;
  }

  push(email: E): void {
    this.#place(email, -Infinity);
  }

  /** Removes the email whose turn it is and returns it. */
  take(nowMs: number, estimate: ServiceEstimate): E | undefined {
    this.#reconsiderLate(nowMs + estimate.p75Ms);
    return (
      this.#takeFeasible(this.#planned, nowMs, estimate) ??
      this.#takeFeasible(this.#bestEffort, nowMs, estimate) ??
      this.#late.pop()?.email
    );
  }

  /** Emails may be expected to take less time than when these were found to be late. */
  #reconsiderLate(soonest: number): void {
    while (-(this.#late.peek()?.deadline ?? Infinity) >= soonest) {
      const entry = this.#late.pop();
      if (entry) this.#place(entry.email, soonest);
    }
  }

  #takeFeasible(
    entries: TinyQueue<Entry<E>>,
    nowMs: number,
    { p75Ms, p25Ms }: ServiceEstimate,
  ): E | undefined {
    const soonest = nowMs + p75Ms;
    for (let first = entries.pop(); first; first = entries.pop()) {
      const { deadline, email } = first;
      if (deadline >= soonest) return email;
      const next = entries.peek()?.deadline ?? Infinity;
      if (deadline >= nowMs + p25Ms && next >= soonest + p25Ms) return email;
      this.#place(email, soonest);
    }
    return undefined;
  }

  #place(email: E, soonest: number): void {
    const isFeasible = (deadline: number) => deadline >= soonest;
    const planned = email.deadlines.find(isFeasible);
    const other = planned ?? email.bestEffortDeadlines.find(isFeasible);
    if (planned !== undefined) this.#planned.push({ deadline: planned, email });
    else if (other !== undefined) this.#bestEffort.push({ deadline: other, email });
    else this.#late.push({ deadline: -lastOf(email), email });
  }
}

/** A queue of a few dozen emails in production; where a run is simulated it has all of the run's. */
const queue = <E extends QueuedEmail>() =>
  new TinyQueue<Entry<E>>(
    [],
    (a, b) => a.deadline - b.deadline || (a.email.email_id < b.email.email_id ? -1 : 1),
  );

const lastOf = ({ deadlines, bestEffortDeadlines }: Priority): number =>
  Math.max(deadlines.at(-1) ?? -Infinity, bestEffortDeadlines.at(-1) ?? -Infinity);
