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

type Owners = Map<Node, Goal | 'shared'>;

/** A goal with the number of its own emails when it was queued. */
interface Sized {
  goal: Goal;
  size: number;
}

/** Among equals the one with the earlier deadline: that leaves room for all others if an email takes longer. */
const costliestFirst = (a: Sized, b: Sized): number => b.size - a.size || a.goal.nth - b.goal.nth;

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
  const earliest = earliestSends(graph, pace, nowMs);
  const byDeadline = graph.order
    .filter(({ email }) => (earliest.get(email.email_id) ?? nowMs) <= email.deadline_at)
    .sort((a, b) => a.email.deadline_at - b.email.deadline_at);
  const selected = new Set<string>();
  const owners: Owners = new Map();
  const goals = new TinyQueue<Sized>([], costliestFirst);
  let planned = 0;
  for (const [nth, node] of byDeadline.entries()) {
    const { email_id, deadline_at } = node.email;
    const own = claim({ node, nth, own: new Set() }, owners, goals);
    planned += own;
    selected.add(email_id);
    const capacity = (workers * (deadline_at - nowMs)) / pace.serviceMs;
    const dropped = planned > Math.max(1, capacity) ? popCostliest(goals) : undefined;
    if (!dropped) continue;
    selected.delete(dropped.node.email.email_id);
    planned -= dropped.own.size;
    for (const unneeded of dropped.own) owners.delete(unneeded);
    dropped.own.clear();
  }
  return selected;
}

/** Emails that no other goal needs so far become this goal's own, those of one other goal shared; returns how many are new. */
function claim(goal: Goal, owners: Owners, goals: TinyQueue<Sized>): number {
  const open = [goal.node];
  for (let node = open.pop(); node; node = open.pop()) {
    const owner = owners.get(node);
    if (owner === goal || owner === 'shared') continue;
    owners.set(node, owner ? 'shared' : goal);
    if (owner) owner.own.delete(node);
    else goal.own.add(node);
    open.push(...node.parents);
  }
  goals.push({ goal, size: goal.own.size });
  return goal.own.size;
}

/** Sizes only shrink while goals are added: an outdated entry is queued again with its present size. */
function popCostliest(goals: TinyQueue<Sized>): Goal | undefined {
  for (let top = goals.pop(); top; top = goals.pop()) {
    const { goal, size } = top;
    if (size === goal.own.size) return goal;
    goals.push({ goal, size: goal.own.size });
  }
  return undefined;
}
