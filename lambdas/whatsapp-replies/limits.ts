import { outageAttempts } from '../shared/queue/outcome.ts';

/** Bounds of the design that the stack and the code must agree on. */
export const limits = {
  /** A webhook's body; Twilio's own are under 20 KB. */
  webhookBodyBytes: 64 * 1024,
  replyTimeoutSeconds: 60,
  /** Just above the function's timeout: after a crash the customer waits this long. */
  visibilityTimeoutSeconds: 70,
  batchSize: 10,
  /** Failures that are counted by the consumer itself, after which a message goes to the DLQ. */
  maxAttempts: 5,
  outageAttempts,
  /**
   * The replies that one conversation gets: so many at once after a rest, and one a minute from then on. No
   * person reads faster; who writes on gets one reply to all that came meanwhile, and the bill stays bounded.
   */
  repliesAtOnce: 60,
  repliesPerMinute: 1,
  /** The pictures of one reply: as data URLs they just fit into the 50 MB that OpenAI takes in a request. */
  turnPictureBytes: 35 * 1024 * 1024,
  /** Those of all conversations of a batch together, beyond which one waits for the others: they are in memory. */
  batchPictureBytes: 50 * 1024 * 1024,
  /** SQS's own count also counts waiting; it only catches messages that crash the function. */
  maxReceiveCount: 1_000,
} as const;
