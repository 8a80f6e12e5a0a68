/** The parts of a fauxqs queue that decide what one receive returns. */
export interface FauxqsQueue {
  isFifo(): boolean;
  fifoMessages: Map<string, { sequenceNumber?: string }[]>;
  /** How many messages of a group are in flight; a receive returns no more of such a group. */
  fifoLockedGroups: Map<string, number>;
  dequeueFifo(maxCount: number, ...rest: unknown[]): unknown[];
  processTimers(): void;
}

/**
 * Lets a receive return several messages of one group, in order, as SQS does; fauxqs by itself
 * returns one of each group. Messages that become visible again keep their place in the order.
 */
export function receiveSeveralPerGroup(queue: FauxqsQueue): void {
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
      // A group that this receive has locked may add its next message in the next round.
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
