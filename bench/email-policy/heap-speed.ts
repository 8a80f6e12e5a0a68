import { FeasibleEdf, type QueuedEmail } from '../../lambdas/email-deadlines/work/feasible-edf.ts';
import { ServiceTimes } from '../../lambdas/email-deadlines/work/service-times.ts';
import { seededRandom } from '../seeded-random.ts';

const serviceMs = 500;
/** Each round works on so many different emails, so that small heaps find them no nearer in memory than large ones. */
const emailsPerRound = 100_000;

/** How a heap of emails is emptied, while time passes so that about half of them come too late for their first deadline. */
type Drain = (emails: readonly QueuedEmail[]) => void;

/** Microseconds of real time that an email costs in a heap of `count`: put in and taken out. */
export const heapMicroseconds = (count: number): number => microsecondsPerEmail(count, drainHeap);

/** The same with what the decision needs and leaves behind: the learned percentile before, the learning after. */
export const decisionMicroseconds = (count: number): number =>
  microsecondsPerEmail(count, decideAll);

/** The better of two rounds, as other work on the machine only ever makes it slower. */
function microsecondsPerEmail(count: number, drain: Drain): number {
  const batches = Array.from({ length: Math.ceil(emailsPerRound / count) }, (_, nth) =>
    readyEmails(count, nth),
  );
  const all = Array.from({ length: 2 }, () => {
    const begun = performance.now();
    for (const emails of batches) drain(emails);
    return ((performance.now() - begun) * 1_000) / (batches.length * count);
  });
  return Math.min(...all);
}

function readyEmails(count: number, seed: number): QueuedEmail[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const deadline = random() * count * serviceMs;
    const deadlines = [deadline, deadline * 1.5];
    return { email_id: `e${index}`, deadlines, bestEffortDeadlines: [] };
  });
}

function drainHeap(emails: readonly QueuedEmail[]): void {
  const estimate = { p75Ms: serviceMs, p25Ms: serviceMs * 0.8 };
  const heap = new FeasibleEdf();
  for (const email of emails) heap.push(email);
  for (let nowMs = 0; heap.take(nowMs, estimate); nowMs += serviceMs * 1.2);
}

function decideAll(emails: readonly QueuedEmail[]): void {
  const heap = new FeasibleEdf();
  const times = new ServiceTimes([serviceMs]);
  for (const email of emails) heap.push(email);
  for (let nowMs = 0; heap.take(nowMs, times.estimate()); nowMs += serviceMs * 1.2) {
    times.learn(nowMs, serviceMs + (nowMs % 7));
  }
}
