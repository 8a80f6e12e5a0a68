import type { SQSRecord } from 'aws-lambda';
import type { Clock } from '../clock.ts';
import type { FairShare } from '../limits/fair-share.ts';
import type { LogOfIds, Meter } from '../log.ts';
import type { QueueClient } from './sqs.ts';

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
