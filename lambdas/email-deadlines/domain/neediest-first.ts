import { type DatedEmail, deadlinesAtStake, type Pace } from './deadlines.ts';
import type { DependencyGraph, GraphEmail } from './graph.ts';
import { ReadyHeap } from './ready-heap.ts';
import type { ServiceTimes } from './service-times.ts';
import type { Policy } from './timetable.ts';

/** The share of emails that are as fast as, or faster than, what decides whether a deadline can be met. */
export const demotionShare = 0.8;

/** The policy of this context, on a virtual clock: the heap, with the service times learned on the way. */
export class NeediestFirst implements Policy {
  readonly #heap = new ReadyHeap<ReadyNode>();
  readonly #times: ServiceTimes;
  readonly #deadlines: ReadonlyMap<string, number[]>;

  constructor(graph: DependencyGraph<DatedEmail>, pace: Pace, times: ServiceTimes) {
    this.#deadlines = deadlinesAtStake(graph, pace);
    this.#times = times;
  }

  push(node: GraphEmail<DatedEmail>): void {
    const { email_id } = node.email;
    this.#heap.push({ email_id, node, deadlines: this.#deadlines.get(email_id) ?? [] });
  }

  take(nowMs: number): { node: GraphEmail<DatedEmail>; startMs: number } | undefined {
    const taken = this.#heap.take(nowMs, this.#times.percentile(demotionShare));
    return taken && { node: taken.node, startMs: nowMs };
  }

  learn(nowMs: number, tookMs: number): void {
    this.#times.learn(nowMs, tookMs);
  }
}

interface ReadyNode {
  email_id: string;
  node: GraphEmail<DatedEmail>;
  deadlines: readonly number[];
}
