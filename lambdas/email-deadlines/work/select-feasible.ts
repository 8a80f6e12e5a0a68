import TinyQueue from 'tinyqueue';
import { type DatedEmail, earliestSends, type Pace } from './deadlines.ts';
import type { DependencyGraph, GraphEmail } from './graph.ts';

type Node = GraphEmail<DatedEmail>;

/** An email that is to be on time, and the emails that only this one needs, itself included. */
interface Goal {
  node: Node;
  nth: number;
  own: Set<Node>;
}

/**
 * The ids of the emails that these workers can have on time: Moore and Hodgson's rule (1968), greedy and extended to
 * shared work. Emails are added by deadline, each with all that it waits for. Where the work up to a deadline becomes
 * too much, the email is given up that costs the most work which no other email needs.
 * O((emails + dependencies) log emails).
 */
export function selectFeasible(
  graph: DependencyGraph<DatedEmail>,
  pace: Pace,
  nowMs: number,
  workers: number,
): Set<string> {
  return new Selection(graph, pace, nowMs, workers).selected;
}

/** A goal with the number of its own emails when it was queued. */
interface Sized {
  goal: Goal;
  size: number;
}

/** Among equals the one with the earlier deadline: that leaves room for all others if an email takes longer. */
const costliestFirst = (a: Sized, b: Sized): number => b.size - a.size || a.goal.nth - b.goal.nth;

class Selection {
  readonly selected = new Set<string>();
  readonly #owner = new Map<Node, Goal | 'shared'>();
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
    this.selected.add(email.email_id);
    this.#goals.push({ goal, size: goal.own.size });
    if (this.#planned > Math.max(1, this.#capacity(email.deadline_at))) this.#giveUpOne();
  }

  /** Emails that no other goal needs so far become this goal's own; those of one other goal become shared. */
  #claim(goal: Goal): void {
    const open = [goal.node];
    for (let node = open.pop(); node; node = open.pop()) {
      const owner = this.#owner.get(node);
      if (owner === goal || owner === 'shared') continue;
      this.#owner.set(node, owner ? 'shared' : goal);
      if (owner) owner.own.delete(node);
      else goal.own.add(node);
      open.push(...node.parents);
    }
  }

  /** Sizes only shrink while goals are added: an outdated entry is queued again with its present size. */
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
    this.selected.delete(goal.node.email.email_id);
    this.#planned -= goal.own.size;
    for (const node of goal.own) this.#owner.delete(node);
    goal.own.clear();
  }
}
