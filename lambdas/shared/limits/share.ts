/** Of the workers, how many are never one tenant's alone: enough to find at once what others have waiting. */
const keptFree = 0.2;

/**
 * How many of `workers` one tenant may hold while `tenants` are at work (itself among them): an equal part of what is
 * not kept free, and one at least. Both are counts of 1 or more.
 */
export function shareOf(workers: number, tenants: number): number {
  const shared = workers - Math.max(1, Math.round(workers * keptFree));
  return Math.max(1, Math.ceil(shared / Math.max(1, tenants)));
}

/** Longest pauses before a message is looked at again whose tenant has its share, in seconds, by how often it was. */
const longestPauses = [1, 2];
const usualPause = 4;

/**
 * Seconds after which a message whose tenant has its share is looked at again; `looks` counts from 1, this one included.
 * They grow to four, each shortened by chance to no less than half. Of a wait of hours they grow to a minute, since the
 * queue allows a thousand receives.
 */
export function waitForShare(looks: number, random: () => number): number {
  const pause = longestPauses[looks - 1] ?? Math.max(usualPause, Math.min(60, looks / 10));
  return Math.ceil((pause / 2) * (1 + random()));
}
