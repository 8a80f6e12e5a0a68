import { outageAttempts } from '../shared/queue/outcome.ts';

/** Bounds of the design that the stack and the code must agree on. */
export const limits = {
  leadBodyBytes: 64_000,
  leadsTimeoutSeconds: 20,
  triageTimeoutSeconds: 60,
  /** Just above the function's timeout: after a crash its leads wait this long. */
  triageVisibilitySeconds: 65,
  batchSize: 10,
  /** Failures of a lead after which it goes to the dead-letter queue. */
  maxAttempts: 5,
  outageAttempts,
  /** Far above them: the queue also counts receives that Lambda throttled, as in a new account, without a try. */
  maxReceiveCount: 200,
  pageSize: 50,
  /** A request that has claimed its key and has not stored its lead after this time has died. */
  inFlightSeconds: 25,
  idempotencyDays: 2,
} as const;

/** The table's indexes, each by the attribute of its name. */
export const indexNames = ['by_priority', 'by_intent', 'by_source'] as const;
