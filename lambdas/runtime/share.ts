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

/**
 * Seconds after which a message whose tenant has its share is looked at again: up to three, and more the more often it
 * was received, so that a long wait does not use up the receives that the queue allows.
 */
export function waitForShare(receives: number, random: () => number): number {
  const most = Math.min(60, Math.max(2, receives / 5));
  return Math.ceil(1 + random() * most);
}
