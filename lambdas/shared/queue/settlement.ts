import type { SQSRecord } from 'aws-lambda';
import type { EngineError } from '../errors.ts';
import { waitForShare } from '../limits/share.ts';
import { errorForLog, type Log, type Meter } from '../log.ts';
import { type ConsumerQueue, triesOf, waitsOf } from './consumer-queue.ts';

export interface SettlementPorts {
  queue: ConsumerQueue;
  meter: Pick<Meter, 'count'>;
  clock: { now(): number };
}

/** How a consumer settles a message that it has not done; each says whether the queue may delete it. */
export interface Settlement {
  /** Lets it come back after so many seconds; where that cannot be set, after the visibility timeout. */
  comesBack(record: SQSRecord, seconds: number, log: Log, ids?: object): Promise<false>;
  /** Lets it wait for a worker, which is no try of it. */
  waitsForShare(record: SQSRecord, random: () => number, log: Log): Promise<boolean>;
  /** Puts it among the dead letters with the reason; where these do not take it, it stays where it is. */
  isDead(record: SQSRecord, error: EngineError, log: Log, ids?: object): Promise<boolean>;
}

export const settlement = ({ queue, meter, clock }: SettlementPorts): Settlement => ({
  async comesBack(record, seconds, log, ids = {}) {
    try {
      await queue.returnAfter(record, seconds);
    } catch (error) {
      log.warn('The backoff could not be set; the visibility timeout runs its course.', {
        ...ids,
        error: errorForLog(error),
      });
    }
    return false;
  },

  async waitsForShare(record, random, log) {
    meter.count('WaitedForShare');
    try {
      await queue.sendAgain(record, waitForShare(waitsOf(record) + 1, random));
      return true;
    } catch (error) {
      log.warn(
        'A message that waits for a worker could not be sent again; it comes back by itself.',
        {
          record_id: record.messageId,
          tries: triesOf(record),
          error: errorForLog(error),
        },
      );
      return false;
    }
  },

  async isDead(record, error, log, ids = {}) {
    const about = { ...ids, record_id: record.messageId, error_code: error.code };
    try {
      await queue.deadLetter(record, error, clock.now());
    } catch (thrown) {
      log.error('The dead-letter queue took no message; it stays where it is.', {
        ...about,
        error: errorForLog(thrown),
      });
      return false;
    }
    meter.count('DeadLettered');
    const line = { ...about, error: errorForLog(error) };
    if (error.next === 'alert') log.critical('A message went to the dead-letter queue.', line);
    else log.error('A message went to the dead-letter queue.', line);
    return true;
  },
});
