import TinyQueue from 'tinyqueue';

/** An email that may be worked on, with the deadlines at stake, ascending, in milliseconds. */
export interface ReadyEmail {
  email_id: string;
  /** Those that the run can afford to keep. */
  deadlines: readonly number[];
  /** Those that it was planned to give up, to be kept if there is time after all. */
  spare?: readonly number[];
}

interface Entry<E> {
  email: E;
  /** 0 while ordered by its deadlines, 1 by the spare ones. */
  tier: 0 | 1;
  at: number;
  deadline: number;
}

/**
 * Gives the email that most needs it at this moment: the one with the earliest deadline that can
 * still be met, then the same among spare deadlines, then those that can meet none, the least late
 * first; equal ones by email_id. O(log n) per email, amortized: as time passes each email moves at
 * most once per deadline.
 */
export class ReadyHeap<E extends ReadyEmail> {
  readonly #hopeful = new TinyQueue<Entry<E>>([], earliestFirst);
  readonly #demoted = new TinyQueue<Entry<E>>([], leastLateFirst);

  get size(): number {
    return this.#hopeful.length + this.#demoted.length;
  }

  push(email: E): void {
    const entry: Entry<E> = { email, tier: 0, at: -1, deadline: -Infinity };
    advance(entry, -Infinity);
    this.#hopeful.push(entry);
  }

  /** Takes it out. `serviceMs` is the time that an email is expected to take, such as the learned 75th percentile. */
  take(nowMs: number, serviceMs: number): E | undefined {
    const soonest = nowMs + serviceMs;
    this.#promote(soonest);
    this.#demote(soonest);
    return (this.#hopeful.pop() ?? this.#demoted.pop())?.email;
  }

  /** Emails are expected to be faster than when these were given up. */
  #promote(soonest: number): void {
    for (let top = this.#demoted.peek(); top; top = this.#demoted.peek()) {
      if (top.deadline < soonest) return;
      this.#demoted.pop();
      this.#hopeful.push(top);
    }
  }

  #demote(soonest: number): void {
    for (let top = this.#hopeful.peek(); top; top = this.#hopeful.peek()) {
      if (top.deadline >= soonest) return;
      this.#hopeful.pop();
      if (advance(top, soonest)) this.#hopeful.push(top);
      else this.#demoted.push(top);
    }
  }
}

/** To its next deadline that can be met, else to the last one that it has; whether there is one. */
function advance<E extends ReadyEmail>(entry: Entry<E>, soonest: number): boolean {
  const { deadlines, spare = [] } = entry.email;
  for (const tier of [0, 1] as const) {
    if (entry.tier > tier) continue;
    if (entry.tier < tier) Object.assign(entry, { tier, at: -1 });
    if (advanceIn(tier === 0 ? deadlines : spare, entry, soonest)) return true;
  }
  return false;
}

function advanceIn(
  deadlines: readonly number[],
  entry: Entry<ReadyEmail>,
  soonest: number,
): boolean {
  while (entry.at + 1 < deadlines.length) {
    entry.at += 1;
    entry.deadline = deadlines[entry.at] ?? entry.deadline;
    if (entry.deadline >= soonest) return true;
  }
  return false;
}

const byId = (a: Entry<ReadyEmail>, b: Entry<ReadyEmail>): number =>
  a.email.email_id < b.email.email_id ? -1 : 1;

function earliestFirst(a: Entry<ReadyEmail>, b: Entry<ReadyEmail>): number {
  return a.tier - b.tier || a.deadline - b.deadline || byId(a, b);
}

function leastLateFirst(a: Entry<ReadyEmail>, b: Entry<ReadyEmail>): number {
  return b.deadline - a.deadline || byId(a, b);
}
