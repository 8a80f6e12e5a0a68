/** Bounds that callers see, and that the stack and the code share. */
export const limits = {
  messageChars: 4_000,
  /** Of a page's address, and of all that a page says of itself, as JSON. */
  urlChars: 2_000,
  contextBytes: 4_000,
  filesOfMessage: 10,
  /** How long `actions` waits for its answer: an HTTP API ends a request after 30 s. */
  actionWaitSeconds: 25,
  actionPollMs: 500,
  apiTimeoutSeconds: 29,
  /** A token of a visitor begins a new one for so long after its end. */
  resumeDays: 30,
  /** How long it is known what a key has begun: who knows it has the conversation. */
  initiateKeySeconds: 3_600,
  messageKeyDays: 7,
  /** A visitor's identity, as a company's server has signed it. */
  identityTokenChars: 4_000,
  identityHours: 24,
  /** How long one connection reads at most: whoever reads on opens another. */
  streamSeconds: 285,
  streamTimeoutSeconds: 300,
  /** A sign of life on a silent connection. */
  heartbeatSeconds: 15,
  /** How often a turn that another process writes is read. */
  streamPollMs: 400,
  /** Connections that one conversation may open: so many at once after a rest, and so many a minute. */
  streamsAtOnce: 30,
  streamsPerMinute: 20,
  faqItems: 20,
  startersShown: 8,
} as const;
