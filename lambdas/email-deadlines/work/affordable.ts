import TinyQueue from 'tinyqueue';
import { type DatedEmail, defaultGapMs, type Pace } from './deadlines.ts';
import type { DependencyGraph, GraphEmail } from './graph.ts';

type Node = GraphEmail<DatedEmail>;

/** An email that is to be on time, and what is done for it and for no other. */
interface Goal {
  node: Node;
  nth: number;
  own: Set<Node>;
}

/**
 * The ids of the emails that so many workers can have on time, as many as a greedy plan finds: by
 * deadline, each with all that it waits for; where the work up to a deadline is too much, the email
 * is given up for which most is done that serves no other. This is Moore and Hodgson's rule (1968)
 * with shared work, in O((emails + dependencies) log emails).
 */
export function affordable(
  graph: DependencyGraph<DatedEmail>,
  pace: Pace,
  nowMs: number,
  workers: number,
): Set<string> {
  return new Plan(graph, pace, nowMs, workers).kept;
}

/** By email_id when each could be sent if nothing but its dependencies held it back: the critical path from now. */
export function earliestSends(
  graph: DependencyGraph<DatedEmail>,
  { kind, serviceMs, gapMs = defaultGapMs }: Pace,
  nowMs: number,
): Map<string, number> {
  const byId = new Map<string, number>();
  for (const { email, parents } of graph.order) {
    const sent = parents.map((parent) => byId.get(parent.email.email_id) ?? nowMs);
    const before = sent.reduce((a, b) => Math.max(a, b), nowMs);
    const drafted = (kind === 'content' ? before : nowMs) + serviceMs;
    byId.set(email.email_id, parents.length > 0 ? Math.max(drafted, before + gapMs) : drafted);
  }
  return byId;
}

/** A goal with how much was its own when this was written down. */
interface Sized {
  goal: Goal;
  size: number;
}

/** Among equals the one of the earlier deadline: that leaves room to all others should an email take longer. */
const costliestFirst = (a: Sized, b: Sized): number => b.size - a.size || a.goal.nth - b.goal.nth;

class Plan {
  readonly kept = new Set<string>();
  readonly #owner = new Map<Node, Goal | 'several'>();
  readonly #goals = new TinyQueue<Sized>([], costliestFirst);
  readonly #capacity: (deadlineMs: number) => number;
  #planned = 0;

  constructor(graph: DependencyGraph<DatedEmail>, pace: Pace, nowMs: number, workers: number) {
    this.#capacity = (deadlineMs) => (workers * (deadlineMs - nowMs)) / pace.serviceMs;
    const earliest = earliestSends(graph, pace, nowMs);
    const goals = graph.order
      .filter(({ email }) => (earliest.get(email.email_id) ?? nowMs) <= email.deadline_at)
      .sort((a, b) => a.email.deadline_at - b.email.deadline_at);
    goals.forEach((node, nth) => {
      this.#add({ node, nth, own: new Set() });
    });
  }

  #add(goal: Goal): void {
    const { email } = goal.node;
    this.#claim(goal);
    this.#planned += goal.own.size;
    this.kept.add(email.email_id);
    this.#goals.push({ goal, size: goal.own.size });
    if (this.#planned > Math.max(1, this.#capacity(email.deadline_at))) this.#giveUpOne();
  }

  /** What nobody else needs so far becomes the goal's own; what another alone needed is of several from now on. */
  #claim(goal: Goal): void {
    const open = [goal.node];
    for (let node = open.pop(); node; node = open.pop()) {
      const owner = this.#owner.get(node);
      if (owner === goal || owner === 'several') continue;
      this.#owner.set(node, owner ? 'several' : goal);
      if (owner) owner.own.delete(node);
      else goal.own.add(node);
      open.push(...node.parents);
    }
  }

  /** Sizes only shrink while goals are added, so that a stale one is put back with what is left of it. */
  #giveUpOne(): void {
    for (let top = this.#goals.pop(); top; top = this.#goals.pop()) {
      const { goal, size } = top;
      if (size === goal.own.size) {
        this.#giveUp(goal);
        return;
      }
      this.#goals.push({ goal, size: goal.own.size });
    }
  }

  #giveUp(goal: Goal): void {
    this.kept.delete(goal.node.email.email_id);
    this.#planned -= goal.own.size;
    for (const node of goal.own) this.#owner.delete(node);
    goal.own.clear();
  }
}
