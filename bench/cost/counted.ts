import * as z from 'zod/mini';

const count = z.number().check(z.gte(0));

const work = z.object({
  /** Replies, emails or leads that were handled. */
  units: z.int().check(z.gte(1)),
  /** By the function's name without prefix and environment. */
  functions: z.record(z.string(), z.object({ invocations: z.int(), seconds: count })),
  http_requests: z.int(),
  /** Request units, of items as large as they were. */
  dynamodb: z.object({ reads: count, writes: count }),
  /** Requests by the kind of queue; `fair` are standard queues whose messages carry a group. */
  sqs: z.object({ fifo: z.int(), standard: z.int(), fair: z.int() }),
  secret_reads: z.int(),
  /** Events that were put on the bus, none larger than 64 KB. */
  events: z.int(),
  log: z.object({ lines: z.int(), bytes: z.int() }),
});
/** What the functions did for a known number of replies, emails or leads. */
export type Work = z.output<typeof work>;

export const workNames = ['replies', 'replies_in_a_rush', 'emails', 'leads'] as const;
export type WorkName = (typeof workNames)[number];

/** What was measured on the local cloud: `npm run bench -- cost measure` writes it. */
export const counted = z.object({
  measured_on: z.iso.date(),
  how: z.string(),
  /** Of the machine over the last five minutes: what is above its cores makes durations longer. */
  load_average: z.number(),
  /** Mean of the simulated model's runs of the replies. */
  model_seconds: z.number(),
  work: z.record(z.enum(workNames), work),
  /** Each custom metric that was written. */
  metrics: z.array(z.string()),
});
export type Counted = z.output<typeof counted>;
