/** What a web page may read of an answer of the streaming API beside its body. */
export const exposedHeaders = [
  'content-type',
  'etag',
  'location',
  'retry-after',
  'x-turn-id',
  'x-vercel-ai-ui-message-stream',
];

/** What a web page may send to the streaming API. */
export const acceptedHeaders = [
  'accept',
  'authorization',
  'cache-control',
  'content-type',
  'idempotency-key',
  'last-event-id',
  'x-vercel-ai-ui-message-stream',
];
