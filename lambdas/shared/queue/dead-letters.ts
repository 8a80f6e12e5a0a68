import type { Clock } from '../clock.ts';
import { isoTime } from '../clock.ts';
import type { EngineError } from '../errors.ts';
import type { Meter } from '../log.ts';
import { enqueue } from './enqueue.ts';
import type { QueueClient } from './sqs.ts';

export interface DeadLetter {
  /** The message, or its body as it came. */
  body: object | string;
  /** SQS's id of the message that it is a copy of. */
  recordId?: string;
  groupId?: string;
}

/** Where messages go that failed for good. */
export interface DeadLetters {
  /** Puts a copy there with the reason, and counts it. Throws `retry` where it is not taken: the original must stay. */
  put(letter: DeadLetter, error: EngineError): Promise<void>;
}

export interface DeadLettersParts {
  client: QueueClient;
  deadLetterUrl: string;
  clock: Pick<Clock, 'now'>;
  meter: Pick<Meter, 'count'>;
}

export const deadLetters = (parts: DeadLettersParts): DeadLetters => ({
  async put({ body, recordId, groupId = recordId }, error) {
    const { client, deadLetterUrl, clock, meter } = parts;
    const now = clock.now();
    await enqueue(client, deadLetterUrl, {
      body,
      ...(deadLetterUrl.endsWith('.fifo') && {
        ...(groupId && { groupId }),
        // A message that was redriven and failed again must not be taken for its own duplicate.
        deduplicationId: `${recordId}-${now}`,
      }),
      attributes: {
        reason_code: error.code,
        reason: error.message,
        failed_at: isoTime(now),
        ...(recordId && { record_id: recordId }),
      },
    });
    meter.count('DeadLettered');
  },
});
