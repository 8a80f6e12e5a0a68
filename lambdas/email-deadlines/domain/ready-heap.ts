import TinyQueue from 'tinyqueue';

/** An email that may be worked on. `deadlines` are those at stake, ascending, in milliseconds. */
export interface ReadyEmail {
  email_id: string;
  deadlines: readonly number[];
}

interface Entry<E> {
  email: E;
  /** Which of its deadlines it is now ordered by. */
  at: number;
  deadline: number;
}

/**
 * Gives the email that most needs it at this moment: the one with the earliest deadline that can
 * still be met, then those that can meet none, the least late first; equal ones by email_id.
 * O(log n) per email, amortized: as time passes each email moves at most once per deadline.
 */
export class ReadyHeap<E extends ReadyEmail> {
  readonly #hopeful = new TinyQueue<Entry<E>>([], earliestFirst);
  readonly #demoted = new TinyQueue<Entry<E>>([], leastLateFirst);

  get size(): number {
    return this.#hopeful.length + this.#demoted.length;
  }

  push(email: E): void {
    this.#hopeful.push({ email, at: 0, deadline: email.deadlines[0] ?? Infinity });
  }

  /** Takes it out. `serviceMs` is the time that an email is expected to take, such as the learned 80th percentile. */
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

/** To the first deadline that can be met, else to the last; whether there is one. */
function advance<E extends ReadyEmail>(entry: Entry<E>, soonest: number): boolean {
  const { deadlines } = entry.email;
  while (entry.deadline < soonest && entry.at < deadlines.length - 1) {
    entry.at += 1;
    entry.deadline = deadlines[entry.at] ?? entry.deadline;
  }
  return entry.deadline >= soonest;
}

const byId = (a: Entry<ReadyEmail>, b: Entry<ReadyEmail>): number =>
  a.email.email_id < b.email.email_id ? -1 : 1;

function earliestFirst(a: Entry<ReadyEmail>, b: Entry<ReadyEmail>): number {
  return a.deadline - b.deadline || byId(a, b);
}

function leastLateFirst(a: Entry<ReadyEmail>, b: Entry<ReadyEmail>): number {
  return b.deadline - a.deadline || byId(a, b);
}
