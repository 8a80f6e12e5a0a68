import type { EngineError } from '../errors.ts';
import { waitForShare } from '../limits/share.ts';
import { errorForLog } from '../log.ts';
import { deadLetters } from './dead-letters.ts';
import type { ConsumerParts, Received } from './delivery.ts';
import { receivedMessages, triesOf, waitsOf } from './received.ts';

/**
 * How a consumer settles messages that it has not done. Each returns the ids of those that stay in the queue, and
 * none throws: what the queue does not take stays, and comes back after its visibility timeout.
 */
export function settlement(parts: ConsumerParts) {
  const { random } = parts;
  const queue = receivedMessages(parts.client, parts.queueUrl);
  const letters = deadLetters(parts);

  /** Lets them come back after so many seconds. */
  async function retryAfter(received: readonly Received[], seconds: number): Promise<string[]> {
    const [first] = received;
    if (!first) return [];
    try {
      await queue.returnAfter(recordsOf(received), seconds);
    } catch (error) {
      first.log.warn('The backoff could not be set; the visibility timeout runs its course.', {
        error: errorForLog(error),
      });
    }
    return recordIdsOf(received);
  }

  /** Puts it among the dead letters with the reason. */
  async function deadLetter({ record, log }: Received, error: EngineError): Promise<string[]> {
    const { messageId: recordId, body, attributes } = record;
    const groupId = attributes?.MessageGroupId;
    try {
      await letters.put({ body, recordId, ...(groupId && { groupId }) }, error);
    } catch (thrown) {
      log.error('The dead-letter queue took no message; it stays where it is.', {
        error_code: error.code,
        error: errorForLog(thrown),
      });
      return [recordId];
    }
    const line = { error_code: error.code, error: errorForLog(error) };
    if (error.next === 'alert') log.critical('A message went to the dead-letter queue.', line);
    else log.error('A message went to the dead-letter queue.', line);
    return [];
  }

  /** Lets a message of a standard queue wait for a worker, as a copy behind the others: that is no try of it. */
  async function waitBehind({ record, log }: Received): Promise<string[]> {
    try {
      await queue.sendAgain(record, waitForShare(waitsOf(record) + 1, random));
      return [];
    } catch (error) {
      log.warn(
        'A message that waits for a worker could not be sent again; it comes back by itself.',
        { tries: triesOf(record), error: errorForLog(error) },
      );
      return [record.messageId];
    }
  }

  /** Deletes those that are done before the invocation ends, since SQS hands out nothing more of their group until then. */
  async function deleteDone(done: readonly Received[]): Promise<void> {
    const [first] = done;
    if (!first) return;
    try {
      await queue.delete(recordsOf(done));
    } catch (error) {
      first.log.warn('Done messages stay until the end of the batch, which deletes them.', {
        error: errorForLog(error),
      });
    }
  }

  return { retryAfter, deadLetter, waitBehind, deleteDone };
}
export type Settlement = ReturnType<typeof settlement>;

const recordsOf = (received: readonly Received[]) => received.map(({ record }) => record);

export const recordIdsOf = (received: readonly Received[]): string[] =>
  received.map(({ record }) => record.messageId);
