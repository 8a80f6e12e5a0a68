import { type Clock, systemClock } from '../clock.ts';
import { EngineError, retryLater } from '../errors.ts';
import { storeCall, type Table } from './table.ts';

/** How pauses are made and drawn. */
export interface Pauses {
  sleep: Clock['sleep'];
  random: () => number;
}

export const systemPauses: Pauses = { sleep: systemClock.sleep, random: Math.random };

const firstPauseMs = 50;
const maxPauseMs = 2_000;
const throttled = /^(ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded)/;

/**
 * Sends a batch, and again what of it is left undone: DynamoDB does of a batch what a partition has room for
 * (1,000 writes a second). `send` gives what is left. Pauses double from 50 ms to 2 s, the upper half by chance;
 * nothing is sent from `until` on, in milliseconds since the epoch: then it throws `retry`, as an outage.
 */
export async function retryUnprocessed<T>(
  what: string,
  batch: T[],
  send: (left: T[]) => Promise<T[]>,
  { clock, sleep, random, until }: Pauses & Pick<Table, 'clock'> & { until: number },
): Promise<void> {
  let left = batch;
  for (let tries = 0; left.length > 0; tries++) {
    const pauseMs = tries === 0 ? 0 : pauseAfter(tries, random);
    if (clock.now() + pauseMs >= until) {
      const undone = `${left.length} of ${batch.length} are left undone`;
      throw retryLater('store', `DynamoDB has no room to ${what}: ${undone}.`);
    }
    if (pauseMs > 0) await sleep(pauseMs);
    left = await storeCall(what, () => send(left)).catch((error) => {
      if (isThrottled(error)) return left;
      throw error;
    });
  }
}

const pauseAfter = (tries: number, random: () => number): number =>
  (Math.min(maxPauseMs, firstPauseMs * 2 ** (tries - 1)) * (1 + random())) / 2;

/** Nothing of the batch was done. */
const isThrottled = (error: unknown): boolean =>
  error instanceof EngineError && error.cause instanceof Error && throttled.test(error.cause.name);
