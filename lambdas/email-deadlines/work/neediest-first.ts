import type { DatedEmail } from './deadlines.ts';
import type { DependencyGraph, GraphEmail } from './graph.ts';
import type { ServiceTimes } from './learned-times.ts';
import { expectedOf, type Needs, needsOf, type PlannedRun } from './needs.ts';
import { ReadyHeap } from './ready-heap.ts';
import type { Policy } from './timetable.ts';

interface ReadyNode extends Needs {
  email_id: string;
  node: GraphEmail<DatedEmail>;
}

const none: Needs = { deadlines: [], spare: [] };

/** The policy of this context, on a virtual clock: the heap, with the service times learned on the way. */
export class NeediestFirst implements Policy {
  readonly #heap = new ReadyHeap<ReadyNode>();
  readonly #times: ServiceTimes;
  readonly #needs: ReadonlyMap<string, Needs>;

  constructor(graph: DependencyGraph<DatedEmail>, run: PlannedRun, times: ServiceTimes) {
    this.#needs = needsOf(graph, run, times);
    this.#times = times;
  }

  push(node: GraphEmail<DatedEmail>): void {
    const { email_id } = node.email;
    this.#heap.push({ email_id, node, ...(this.#needs.get(email_id) ?? none) });
  }

  take(nowMs: number): { node: GraphEmail<DatedEmail>; startMs: number } | undefined {
    const taken = this.#heap.take(nowMs, expectedOf(this.#times));
    return taken && { node: taken.node, startMs: nowMs };
  }

  learn(nowMs: number, tookMs: number): void {
    this.#times.learn(nowMs, tookMs);
  }
}
