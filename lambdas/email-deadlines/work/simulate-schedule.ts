import TinyQueue from 'tinyqueue';
import { type DatedEmail, type DependencyKind, defaultGapMs } from './deadlines.ts';
import { FeasibleEdf, type QueuedEmail } from './feasible-edf.ts';
import type { DependencyGraph, GraphEmail } from './graph.ts';
import type { Priority } from './priorities.ts';
import type { ServiceTimes } from './service-times.ts';

/** Decides what a free worker does next. A policy may learn from what has been done. */
export interface Policy {
  push(node: GraphEmail<DatedEmail>, nowMs: number): void;
  /** The email that a free worker takes, and when it begins: the worker is occupied until then. */
  take(nowMs: number): { node: GraphEmail<DatedEmail>; startMs: number } | undefined;
  learn?(nowMs: number, tookMs: number): void;
}

/** The policy of this context: earliest feasible deadline first, with the service times that it learns on the way. */
export function feasibleEdfPolicy(
  priorities: ReadonlyMap<string, Priority>,
  times: ServiceTimes,
): Policy {
  const ready = new FeasibleEdf<QueuedEmail & { node: Node }>();
  return {
    push(node) {
      const { email_id } = node.email;
      const priority = priorities.get(email_id) ?? { deadlines: [], bestEffortDeadlines: [] };
      ready.push({ email_id, node, ...priority });
    },
    take(nowMs) {
      const taken = ready.take(nowMs, times.estimate());
      return taken && { node: taken.node, startMs: nowMs };
    },
    learn: (nowMs, tookMs) => times.learn(nowMs, tookMs),
  };
}

/** The conditions of a simulated run; times in milliseconds on one clock. */
export interface RunRules {
  kind: DependencyKind;
  workers: number;
  startMs: number;
  gapMs?: number;
  serviceMs(email: DatedEmail): number;
  /** When the email becomes known; by default when the run starts. */
  arrivalMs?(email: DatedEmail): number;
}

/** When a worker began the email, when its draft was done, and when it was sent. */
export interface Slot {
  email: DatedEmail;
  startMs: number;
  draftedMs: number;
  sentMs: number;
  onTime: boolean;
}

type Node = GraphEmail<DatedEmail>;
type Event = { atMs: number; nth: number; happen(): void };

/**
 * By email_id when each email of a run is begun, drafted and sent under a policy: a discrete-event simulation in
 * O((emails + dependencies) log emails), the policy's own work not counted. With kind `order` a finished draft does
 * not occupy its worker until it may be sent.
 */
export function simulateSchedule(
  graph: DependencyGraph<DatedEmail>,
  rules: RunRules,
  policy: Policy,
): Map<string, Slot> {
  return new Simulation(graph, rules, policy).slots;
}

class Simulation {
  readonly slots = new Map<string, Slot>();
  readonly #events = new TinyQueue<Event>([], (a, b) => a.atMs - b.atMs || a.nth - b.nth);
  readonly #unsentParents = new Map<Node, number>();
  readonly #rules: RunRules;
  readonly #policy: Policy;
  readonly #gapMs: number;
  #free: number;
  #nth = 0;

  constructor(graph: DependencyGraph<DatedEmail>, rules: RunRules, policy: Policy) {
    this.#rules = rules;
    this.#policy = policy;
    this.#gapMs = rules.gapMs ?? defaultGapMs;
    this.#free = rules.workers;
    for (const node of graph.byId.values()) {
      this.#unsentParents.set(node, node.parents.length);
      if (rules.kind === 'order' || node.parents.length === 0) this.#ready(node, rules.startMs);
    }
    this.#go();
  }

  #go(): void {
    for (let next = this.#events.pop(); next; next = this.#events.pop()) {
      next.happen();
      if (this.#events.peek()?.atMs !== next.atMs) this.#work(next.atMs);
    }
  }

  #at(atMs: number, happen: () => void): void {
    this.#nth += 1;
    this.#events.push({ atMs, nth: this.#nth, happen });
  }

  #drafted(node: Node, atMs: number, tookMs: number): void {
    this.#free += 1;
    this.#policy.learn?.(atMs, tookMs);
    const slot = this.slots.get(node.email.email_id);
    if (slot) slot.draftedMs = atMs;
    this.#send(node);
  }

  #ready(node: Node, atMs: number): void {
    const readyMs = Math.max(atMs, this.#rules.arrivalMs?.(node.email) ?? atMs);
    this.#at(readyMs, () => this.#policy.push(node, readyMs));
  }

  #work(nowMs: number): void {
    while (this.#free > 0) {
      const taken = this.#policy.take(nowMs);
      if (!taken) return;
      this.#free -= 1;
      this.#begin(taken.node, taken.startMs);
    }
  }

  #begin(node: Node, startMs: number): void {
    const { email } = node;
    const tookMs = this.#rules.serviceMs(email);
    const open = { draftedMs: Infinity, sentMs: Infinity, onTime: false };
    this.slots.set(email.email_id, { email, startMs, ...open });
    this.#at(startMs + tookMs, () => this.#drafted(node, startMs + tookMs, tookMs));
  }

  /** Sends the email if all its parents are sent, then the drafts that waited only for it. */
  #send(first: Node): void {
    const sendable = [first].filter((node) => this.#unsentParents.get(node) === 0);
    for (let node = sendable.pop(); node; node = sendable.pop()) {
      const sentMs = this.#record(node);
      for (const dependent of node.dependents) {
        const left = (this.#unsentParents.get(dependent) ?? 0) - 1;
        this.#unsentParents.set(dependent, left);
        if (left > 0) continue;
        if (this.#rules.kind === 'content') this.#ready(dependent, sentMs);
        else if (this.#isDrafted(dependent)) sendable.push(dependent);
      }
    }
  }

  #record(node: Node): number {
    const slot = this.slots.get(node.email.email_id);
    if (!slot) return Infinity;
    slot.sentMs = slot.draftedMs;
    for (const { email } of node.parents) {
      const before = this.slots.get(email.email_id)?.sentMs ?? 0;
      slot.sentMs = Math.max(slot.sentMs, before + this.#gapMs);
    }
    slot.onTime = slot.sentMs <= slot.email.deadline_at;
    return slot.sentMs;
  }

  #isDrafted({ email }: Node): boolean {
    return (this.slots.get(email.email_id)?.draftedMs ?? Infinity) < Infinity;
  }
}
