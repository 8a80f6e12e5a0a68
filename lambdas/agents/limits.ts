/** Bounds of the design that the stack and the code must agree on. */
export const limits = {
  /** Whoever works on a turn is taken for dead after this time without a sign of it. */
  leaseSeconds: 20,
  renewSeconds: 7,
  /** How often a running turn looks whether it is to stop, or a person has taken over. */
  watchMs: 1_000,
  /** Shown text is written at once, then after this time or with so many bytes. */
  writeMs: 250,
  writeBytes: 1_024,
  /** Events that one write of a turn's log holds at most. */
  batchEvents: 8,
  /** Of an answer: an item of DynamoDB has 400 KB at most, and the last event of a turn's log has the answer twice. */
  answerBytes: 64_000,
  /** How long a turn's log is kept: whoever reads it later reads the message itself. */
  eventDays: 2,
  /** What the model reads of a conversation. */
  historyMessages: 60,
  historyChars: 120_000,
  /** The customer's pictures that the model sees, the newest. */
  pictures: 5,
  pictureBytes: 10 * 1024 * 1024,
  /** The turns that one conversation gets: so many at once after a rest, and so many a minute from then on. */
  turnsAtOnce: 20,
  turnsPerMinute: 4,
  /** The same of a company. */
  companyTurnsAtOnce: 300,
  companyTurnsPerSecond: 10,
  /** Failures of the model after which a turn has failed. */
  modelTries: 3,
  /** How often work on one turn is begun, waiting left out; more often it ends its function each time. */
  attempts: 25,
  /** A silent stream is taken for broken after this time, and read on. */
  silentSeconds: 30,
  /** What an invocation keeps to end what it has begun. */
  reserveSeconds: 12,
  workerTimeoutSeconds: 300,
  visibilityTimeoutSeconds: 310,
  batchSize: 5,
  /** Of a message: those count too in which it waited for whoever was alive. */
  maxAttempts: 20,
  outageAttempts: 40,
  /**
   * How often the queue looks for a message that is not written yet: with pauses of up to a minute for six minutes, which
   * is longer than any function lives that may still write it.
   */
  looksForMessage: 15,
  /** SQS's own count also counts waiting for whoever is alive. */
  maxReceiveCount: 1_000,
  /** When the queue looks after a turn that somebody else works on. */
  watchdogSeconds: 25,
} as const;
