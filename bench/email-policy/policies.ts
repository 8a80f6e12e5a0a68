import TinyQueue from 'tinyqueue';
import type { DatedEmail } from '../../lambdas/email-deadlines/work/deadlines.ts';
import type { GraphEmail } from '../../lambdas/email-deadlines/work/graph.ts';
import type { Policy } from '../../lambdas/email-deadlines/work/simulate-schedule.ts';

type Node = GraphEmail<DatedEmail>;
interface Waiting {
  node: Node;
  rank: number;
  nth: number;
}

/** Takes the email of the lowest rank, among equals the one that became ready first. */
abstract class ByRank implements Policy {
  readonly #waiting = new TinyQueue<Waiting>([], (a, b) => a.rank - b.rank || a.nth - b.nth);
  #nth = 0;

  protected abstract rank(node: Node): number;

  push(node: Node): void {
    this.#nth += 1;
    this.#waiting.push({ node, rank: this.rank(node), nth: this.#nth });
  }

  take(nowMs: number): { node: Node; startMs: number } | undefined {
    const next = this.#waiting.pop();
    return next && { node: next.node, startMs: this.startMs(next.node, nowMs) };
  }

  protected startMs(_node: Node, nowMs: number): number {
    return nowMs;
  }
}

/** First in, first out. */
export class FirstInFirstOut extends ByRank {
  protected override rank(): number {
    return 0;
  }
}

/** The earliest own deadline first. */
export class EarliestDeadline extends ByRank {
  protected override rank({ email }: Node): number {
    return email.deadline_at;
  }
}

/** The specification's: the earliest own deadline first, and a worker that is ahead of it sleeps until 0.5 s before. */
export class SleepTowardsDeadline extends EarliestDeadline {
  protected override startMs({ email }: Node, nowMs: number): number {
    return Math.max(nowMs, email.deadline_at - 500);
  }
}
