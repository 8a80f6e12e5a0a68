/** How long one invocation waits for a run before it gives the wait back to the queue. */
export const patienceMs = 20_000;

/** Time an invocation keeps for sending and recording after the run has ended, or for a look at the run that hangs. */
export const reserveMs = 15_000;

const firstPollMs = 1_000;
const between = (min: number, value: number, max: number) => Math.min(max, Math.max(min, value));

/**
 * Milliseconds until a run is looked at again: first after 1 s, then after a tenth of the time that
 * it has taken so far, at least 0.5 s and at most 2 s. Seen against a run of t seconds this notices
 * its end at most 10 % late.
 */
export function nextPollMs(elapsedMs: number): number {
  return elapsedMs < firstPollMs ? firstPollMs - elapsedMs : between(500, elapsedMs / 10, 2_000);
}

/** Seconds for which a wait that was given back stays in the queue: a tenth of the time so far, 2 to 30. */
export function nextVisitSeconds(elapsedMs: number): number {
  return Math.ceil(between(2, elapsedMs / 10_000, 30));
}
