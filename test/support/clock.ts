import type { Clock } from '../../lambdas/shared/clock.ts';

export const days = (count: number): number => count * 86_400_000;

export interface VirtualClock extends Clock {
  /** Every sleep so far, in milliseconds. */
  readonly sleeps: number[];
  pass(ms: number): void;
}

/** A clock that moves only when it is told to; a sleep moves it at once. */
export function virtualClock(startMs = Date.UTC(2026, 10, 21, 10)): VirtualClock {
  let ms = startMs;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => ms,
    pass: (byMs) => {
      ms += byMs;
    },
    async sleep(byMs) {
      sleeps.push(byMs);
      ms += byMs;
    },
  };
}
