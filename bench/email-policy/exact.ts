import { defaultGapMs } from '../../lambdas/email-deadlines/work/deadlines.ts';
import type { Instance } from './instance.ts';

/** An email of a small instance, by numbers; sets of emails are bits. */
interface Job {
  bit: number;
  serviceMs: number;
  deadlineMs: number;
  parents: readonly Job[];
}

const maxEmails = 12;

/**
 * The most emails that any schedule can have on time, by one that knows every service time: the
 * largest set of emails for which a search over all orders of beginning (idling included, as a
 * worker may wait for a parent to be sent) finds one that keeps all their deadlines.
 */
export function mostOnTime(instance: Instance): number {
  const jobs = jobsOf(instance);
  if (jobs.length > maxEmails)
    throw new RangeError(`Expected at most ${maxEmails} emails, got ${jobs.length}.`);
  for (let wanted = jobs.length; wanted > 0; wanted -= 1) {
    for (const set of setsOf(jobs.length, wanted)) {
      if (new Search(instance, jobs, set).succeeds()) return wanted;
    }
  }
  return 0;
}

/** Parents first. */
function jobsOf({ graph, serviceMs }: Instance): Job[] {
  const byId = new Map<string, Job>();
  graph.order.forEach(({ email, parents }, index) => {
    byId.set(email.email_id, {
      bit: 1 << index,
      serviceMs: serviceMs.get(email.email_id) ?? 0,
      deadlineMs: email.deadline_at,
      parents: parents.flatMap((parent) => byId.get(parent.email.email_id) ?? []),
    });
  });
  return [...byId.values()];
}

function* setsOf(count: number, wanted: number): Generator<number> {
  for (let set = 0; set < 1 << count; set += 1) if (ones(set) === wanted) yield set;
}

function ones(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) count += 1;
  return count;
}

/** Whether all emails of a set can be on time. Only they and those they wait for take part, by the latest moments that this allows. */
class Search {
  readonly #instance: Instance;
  readonly #needed: Job[];
  readonly #latest = new Map<Job, number>();
  readonly #failed = new Set<string>();
  readonly #finished = new Map<Job, number>();

  constructor(instance: Instance, jobs: readonly Job[], set: number) {
    this.#instance = instance;
    for (const job of jobs) if (set & job.bit) this.#latest.set(job, job.deadlineMs);
    for (const job of jobs.toReversed()) this.#pushBack(job);
    this.#needed = [...this.#latest.keys()].sort((a, b) => this.#deadline(a) - this.#deadline(b));
  }

  succeeds(): boolean {
    return this.#go(Array.from({ length: this.#instance.workers }, () => 0));
  }

  #pushBack(job: Job): void {
    const latest = this.#latest.get(job);
    if (latest === undefined) return;
    const stepMs = this.#instance.kind === 'content' ? job.serviceMs : defaultGapMs;
    for (const parent of job.parents)
      this.#latest.set(parent, Math.min(this.#deadline(parent), latest - stepMs));
  }

  #deadline(job: Job): number {
    return this.#latest.get(job) ?? Infinity;
  }

  /** `free` is when each worker is free, ascending. Emails are begun in the order of time. */
  #go(free: readonly number[]): boolean {
    const left = this.#needed.filter((job) => !this.#finished.has(job));
    if (left.length === 0) return true;
    if (this.#isHopeless(left, free)) return false;
    const state = this.#state(free);
    if (this.#failed.has(state)) return false;
    if (left.some((job) => this.#isOpen(job) && this.#begin(job, free))) return true;
    this.#failed.add(state);
    return false;
  }

  #begin(job: Job, free: readonly number[]): boolean {
    const startMs = this.#earliest(job, free);
    const finishMs = startMs + job.serviceMs;
    const others = free.slice(1).map((atMs) => Math.max(atMs, startMs));
    this.#finished.set(job, finishMs);
    const works = this.#go([...others, finishMs].sort((a, b) => a - b));
    if (!works) this.#finished.delete(job);
    return works;
  }

  #isOpen(job: Job): boolean {
    return this.#instance.kind === 'order' || job.parents.every((one) => this.#finished.has(one));
  }

  #earliest(job: Job, free: readonly number[]): number {
    const first = free[0] ?? 0;
    if (this.#instance.kind === 'order') return first;
    const sent = job.parents.map((one) => this.#finished.get(one) ?? 0);
    return Math.max(first, ...sent);
  }

  /** Some deadline is too early for its email, or for all the work up to it (`left` is by deadline). */
  #isHopeless(left: readonly Job[], free: readonly number[]): boolean {
    let workMs = 0;
    return left.some((job) => {
      workMs += job.serviceMs;
      const deadline = this.#deadline(job);
      const roomMs = free.reduce((sum, atMs) => sum + Math.max(0, deadline - atMs), 0);
      return workMs > roomMs || this.#earliest(job, free) + job.serviceMs > deadline;
    });
  }

  #state(free: readonly number[]): string {
    const done = [...this.#finished].map(([job, atMs]) => `${job.bit}:${atMs}`).sort();
    const order = this.#instance.kind === 'order';
    const bits = [...this.#finished.keys()].reduce((set, job) => set | job.bit, 0);
    return `${order ? bits : done.join()} ${free.join()}`;
  }
}
