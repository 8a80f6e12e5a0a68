const minutes = 60;
const hours = 60 * minutes;

/** Seconds after each failed delivery, as Standard Webhooks proposes: more than a day in all. */
const pauses = [5, 5 * minutes, 30 * minutes, 2 * hours, 5 * hours, 10 * hours, 10 * hours];
const longest = 10 * hours;

/** How much a pause is stretched or shortened by chance, so that deliveries which failed together do not return together. */
const spread = 0.1;

/**
 * Seconds from the failed delivery `attempt` (1, 2, …) to the next. A receiver may ask for a longer pause, up to
 * ten hours, never for a shorter one.
 */
export function pauseAfter(attempt: number, random: () => number, retryAfterSeconds = 0): number {
  const pause = pauses[attempt - 1] ?? longest;
  const jittered = pause * (1 - spread + random() * 2 * spread);
  return Math.ceil(Math.max(jittered, Math.min(retryAfterSeconds, longest)));
}
