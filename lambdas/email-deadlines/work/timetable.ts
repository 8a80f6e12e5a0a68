import TinyQueue from 'tinyqueue';
import { type DatedEmail, type DependencyKind, defaultGapMs } from './deadlines.ts';
import type { DependencyGraph, GraphEmail } from './graph.ts';

/** Who decides what a worker does next. A policy may learn from what has been done. */
export interface Policy {
  push(node: GraphEmail<DatedEmail>, nowMs: number): void;
  /** What a worker that is free now works on, and from when: the worker is held until then. */
  take(nowMs: number): { node: GraphEmail<DatedEmail>; startMs: number } | undefined;
  learn?(nowMs: number, tookMs: number): void;
}

/** The world in which a run takes place; times in milliseconds on one clock. */
export interface RunRules {
  kind: DependencyKind;
  workers: number;
  startMs: number;
  gapMs?: number;
  serviceMs(email: DatedEmail): number;
  /** Before this the email is not known; the start of the run unless said otherwise. */
  arrivalMs?(email: DatedEmail): number;
  /** It is drafted and then given up; those that wait for it wait no longer. */
  fails?(email: DatedEmail): boolean;
}

/** When a worker began on the email, when its draft was done, and when it was sent or, having failed, given up. */
export interface Slot {
  email: DatedEmail;
  startMs: number;
  draftedMs: number;
  sentMs: number;
  onTime: boolean;
  failed: boolean;
}

type Node = GraphEmail<DatedEmail>;
type Happening =
  | { atMs: number; nth: number; kind: 'ready'; node: Node }
  | { atMs: number; nth: number; kind: 'drafted'; node: Node; tookMs: number };

/**
 * By email_id how a run goes under a policy: event by event, without waiting, in
 * O((emails + dependencies) log emails) beside what the policy takes. In kind `order` a draft does
 * not hold its worker until it may be sent.
 */
export function timetable(
  graph: DependencyGraph<DatedEmail>,
  rules: RunRules,
  policy: Policy,
): Map<string, Slot> {
  return new Run(graph, rules, policy).slots;
}

class Run {
  readonly slots = new Map<string, Slot>();
  readonly #happenings = new TinyQueue<Happening>([], (a, b) => a.atMs - b.atMs || a.nth - b.nth);
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
    for (let next = this.#happenings.pop(); next; next = this.#happenings.pop()) {
      this.#apply(next);
      if (this.#happenings.peek()?.atMs !== next.atMs) this.#work(next.atMs);
    }
  }

  #apply(happening: Happening): void {
    const { node, atMs } = happening;
    if (happening.kind === 'ready') this.#policy.push(node, atMs);
    else this.#drafted(node, atMs, happening.tookMs);
  }

  #drafted(node: Node, atMs: number, tookMs: number): void {
    this.#free += 1;
    this.#policy.learn?.(atMs, tookMs);
    const slot = this.slots.get(node.email.email_id);
    if (slot) slot.draftedMs = atMs;
    this.#send(node);
  }

  #ready(node: Node, atMs: number): void {
    const arrival = this.#rules.arrivalMs?.(node.email) ?? atMs;
    this.#nth += 1;
    this.#happenings.push({ kind: 'ready', atMs: Math.max(atMs, arrival), nth: this.#nth, node });
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
    const failed = this.#rules.fails?.(email) ?? false;
    const open = { draftedMs: Infinity, sentMs: Infinity, onTime: false, failed };
    this.slots.set(email.email_id, { email, startMs, ...open });
    this.#nth += 1;
    this.#happenings.push({
      kind: 'drafted',
      atMs: startMs + tookMs,
      nth: this.#nth,
      node,
      tookMs,
    });
  }

  /** Sends what was drafted and waited for nobody else, then those that waited for it only. */
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
    slot.onTime = !slot.failed && slot.sentMs <= slot.email.deadline_at;
    return slot.sentMs;
  }

  #isDrafted({ email }: Node): boolean {
    return (this.slots.get(email.email_id)?.draftedMs ?? Infinity) < Infinity;
  }
}
