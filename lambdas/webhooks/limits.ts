/** Bounds that the stack and the code share. */
export const limits = {
  batchSize: 10,
  /** A receiver answers within this time, or the delivery has failed. */
  requestTimeoutSeconds: 15,
  deliverTimeoutSeconds: 40,
  visibilityTimeoutSeconds: 60,
  /** Deliveries of an event, the first one included. */
  maxAttempts: 8,
  /** Far above them: what Lambda throttles, as a new account does soon, is counted by the queue though nobody tried it. */
  maxReceiveCount: 200,
} as const;
