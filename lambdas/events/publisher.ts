import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { asEngineError, callFailed, discardWork, retryLater } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import { enqueue, type QueueClient } from '../shared/queue/enqueue.ts';
import { eventSource, maxEntryBytes, type ProductEvent, type WaitingEvent } from './messages.ts';

export interface EventPublisher {
  /** Puts an event on the bus; it may come twice, with the same id. Throws `retry`, or `discard` for one that is too large. */
  publish(event: ProductEvent): Promise<void>;
}

export const publisher = ({
  client,
  busName,
}: {
  client: Pick<EventBridgeClient, 'send'>;
  busName: string;
}): EventPublisher => ({
  async publish(event) {
    const detail = JSON.stringify(event);
    checkSize(event, detail);
    try {
      const { FailedEntryCount: failed, Entries: entries } = await client.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: busName,
              Source: eventSource,
              DetailType: event.type,
              Detail: detail,
              Time: new Date(event.occurred_at),
            },
          ],
        }),
      );
      if (failed) throw refused(event, entries?.[0]?.ErrorCode);
    } catch (error) {
      throw callFailed(
        'event_not_published',
        `The event ${event.id} could not be published.`,
        error,
      );
    }
  },
});

/** Where events wait that the bus does not take. */
export interface FallbackQueue {
  client: QueueClient;
  queueUrl: string;
}

/**
 * Nobody waits for the bus: what it does not take waits in a queue whose worker publishes it; of a FIFO queue in a group of
 * its own, which holds nothing else up.
 * Throws where that does not take it either.
 */
export const withFallbackQueue = (
  bus: EventPublisher,
  { client, queueUrl }: FallbackQueue,
  log: Pick<Log, 'warn'>,
): EventPublisher => ({
  async publish(event) {
    try {
      await bus.publish(event);
    } catch (thrown) {
      const { next, code } = asEngineError(thrown);
      if (next !== 'retry') throw thrown;
      const body: WaitingEvent = { kind: 'event', event };
      const place = queueUrl.endsWith('.fifo')
        ? { groupId: event.id, deduplicationId: event.id }
        : { groupId: event.tenant_id };
      await enqueue(client, queueUrl, { body, ...place });
      log.warn('The bus does not take an event; it waits in a queue.', {
        event_id: event.id,
        error_code: code,
      });
    }
  },
});

/** EventBridge counts 14 bytes for the time, and the texts in UTF-8. */
function checkSize(event: ProductEvent, detail: string): void {
  const bytes = 14 + Buffer.byteLength(eventSource + event.type + detail);
  if (bytes <= maxEntryBytes) return;
  throw discardWork(
    'event_too_large',
    `The event ${event.id} has ${bytes} bytes; the bus takes ${maxEntryBytes}.`,
  );
}

const refused = (event: ProductEvent, code = 'no code') =>
  retryLater('event_not_published', `EventBridge refused the event ${event.id}: ${code}.`);
