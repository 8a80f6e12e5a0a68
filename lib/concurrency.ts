/** The workers of the stack: the functions that work a queue off. */
export const workers = ['replies', 'emailRuns', 'emails', 'triage', 'webhooks', 'turns'] as const;
export type Worker = (typeof workers)[number];

/** Invocations at the same time of each worker. */
export type WorkerConcurrency = Readonly<Record<Worker, number>>;

export interface Concurrency {
  workers: WorkerConcurrency;
  /** Invocations that are kept for the function that takes in Twilio's webhooks; none where the account has too few. */
  reservedForReceive: number | undefined;
}

/** The least that an event source may be given. */
const least = 2;
/** What AWS leaves unreserved in an account of the usual size. */
const leftUnreserved = 100;
/** The part of an account that its workers may not take, so that requests are answered while all of them are at work. */
const reservedForRequests = 0.2;

/**
 * Divides an account's concurrency: the workers get what their stage wants or, where they could take the whole account
 * then, less of it in the same proportion; where AWS allows it, a tenth is reserved for Twilio's webhooks. An account
 * that is not known is not divided.
 */
export function concurrencyOf(wanted: WorkerConcurrency, account: number | undefined): Concurrency {
  if (account === undefined) return { workers: wanted, reservedForReceive: undefined };
  const sum = workers.reduce((all, worker) => all + wanted[worker], 0);
  const scale = Math.min(1, (account * (1 - reservedForRequests)) / sum);
  const given = workers.map(
    (worker) => [worker, Math.max(least, Math.floor(wanted[worker] * scale))] as const,
  );
  const reserved = Math.floor(account / 10);
  return {
    workers: Object.fromEntries(given) as Record<Worker, number>,
    reservedForReceive: account - reserved >= leftUnreserved + sum ? reserved : undefined,
  };
}
