import { setTimeout as timer } from 'node:timers/promises';

/** Time as an argument, so that every schedule and backoff runs in a test on a virtual clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms) => timer(ms),
};

export const isoTime = (ms: number): string => new Date(ms).toISOString();
