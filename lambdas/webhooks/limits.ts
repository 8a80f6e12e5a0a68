/** Bounds that the stack and the code share. */
export const limits = {
  batchSize: 10,
  /** A receiver answers within this time, or the delivery has failed. */
  requestTimeoutSeconds: 15,
  deliverTimeoutSeconds: 40,
  visibilityTimeoutSeconds: 60,
  /** Deliveries of an event, the first one included. */
  maxAttempts: 8,
  /** Far above them: the queue also counts receives that Lambda throttled, as in a new account, without a try. */
  maxReceiveCount: 200,
} as const;
