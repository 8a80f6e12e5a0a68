/** The parts of a fauxqs queue that decide what one receive hands out. */
export interface FauxqsQueue {
  isFifo(): boolean;
  fifoMessages: Map<string, { sequenceNumber?: string }[]>;
  /** How many messages of a group are in flight; such a group hands out no more. */
  fifoLockedGroups: Map<string, number>;
  dequeueFifo(maxCount: number, ...rest: unknown[]): unknown[];
  processTimers(): void;
}

/**
 * Lets a receive hand out several messages of one group, in order, as SQS does; fauxqs by itself
 * gives one of each. Messages that come back take their old places again.
 */
export function handOutWholeGroups(queue: FauxqsQueue): void {
  if (!queue.isFifo()) return;
  const dequeueOneOfEach = queue.dequeueFifo.bind(queue);
  const processTimers = queue.processTimers.bind(queue);

  queue.processTimers = () => {
    processTimers();
    for (const messages of queue.fifoMessages.values()) messages.sort(bySequence);
  };

  queue.dequeueFifo = (maxCount, ...rest) => {
    queue.processTimers();
    const inFlight = new Set(queue.fifoLockedGroups.keys());
    const ours = new Map<string, number>();
    const received: unknown[] = [];
    for (let more = true; more && received.length < Math.min(maxCount, 10); ) {
      const round = dequeueOneOfEach(Math.min(maxCount, 10) - received.length, ...rest);
      received.push(...round);
      more = round.length > 0;
      // What this very receive has locked may give its next message in the next round.
      for (const [group, count] of queue.fifoLockedGroups) {
        if (inFlight.has(group)) continue;
        ours.set(group, (ours.get(group) ?? 0) + count);
        queue.fifoLockedGroups.delete(group);
      }
    }
    for (const [group, count] of ours) queue.fifoLockedGroups.set(group, count);
    return received;
  };
}

const bySequence = (a: { sequenceNumber?: string }, b: { sequenceNumber?: string }): number =>
  (a.sequenceNumber ?? '').localeCompare(b.sequenceNumber ?? '');
