import type { SQSRecord } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Clock } from '../clock.ts';
import type { FairShare } from '../limits/fair-share.ts';
import type { LogOfIds, Meter } from '../log.ts';
import type { QueueClient } from './enqueue.ts';
import type { Failure, FailurePolicy, Outcome } from './outcome.ts';

/** What a function knows of the invocation that it is in. */
export interface Invocation {
  /** Tells it apart from all others, such as the owner of a lease. */
  owner: string;
  remainingMs(): number;
}

/** A record of a queue, and the log that names it on every line. */
export interface Received {
  record: SQSRecord;
  log: LogOfIds;
}

/** A message that is handed to its handler. */
export interface Delivery<Message> extends Received {
  message: Message;
  /** How often it was tried, this time included. */
  tries: number;
}

/** What a consumer works with. */
export interface ConsumerParts {
  client: QueueClient;
  queueUrl: string;
  deadLetterUrl: string;
  clock: Pick<Clock, 'now'>;
  random: () => number;
  meter: Pick<Meter, 'count'>;
  logOf(ids: Record<string, string>): LogOfIds;
  /** Bounds the invocations that one tenant has: beyond its share its messages wait, which is no try of them. */
  share?: FairShare;
}

/** What every consumer says of its messages. */
export interface About<Message> {
  /** What a message is; one that is malformed goes to the dead letters at once. */
  schema: z.ZodMiniType<Message>;
  /** What every log line names beside the record's id. */
  idsOf(message: Message, record: SQSRecord): Record<string, string>;
  /** The log line of a failed try. */
  failed: string;
  /** Whose message it is, where tenants share the workers. */
  tenantOf?(message: Message): string;
  /** Of a FIFO queue, which messages keep their order; SQS's own group by default. */
  groupOf?(message: Message): string;
}

/** Messages one by one: of a standard queue all at the same time, of a FIFO queue each group in its order. */
export interface OneByOne<Message> extends FailurePolicy {
  order: 'parallel' | 'fifo-groups';
  /** What it throws is retried within the limits, then dead. */
  handle(delivery: Delivery<Message>, invocation: Invocation): Promise<Outcome>;
  /** Called with each failed try before it is settled, and may return another outcome. What it throws is retried. */
  onFailure?(delivery: Delivery<Message>, failure: Failure): Promise<Outcome | undefined>;
}

/** All waiting messages of a group at once, which may be handled together. */
export interface GroupByGroup<Message> {
  order: 'fifo-groups';
  /** The outcome of each message in the same order; a message without one comes back. What it throws is retried soon. */
  handleGroup(
    group: readonly Delivery<Message>[],
    invocation: GroupInvocation,
  ): Promise<(Outcome | undefined)[]>;
}

export interface GroupInvocation extends Invocation {
  /** Waits until the batch's other groups are done: what has ended an invocation, so many times, must not take others with it. */
  lastAndAlone(times: number): Promise<void>;
}

export type ConsumeOptions<Message> = About<Message> & (OneByOne<Message> | GroupByGroup<Message>);
