import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { callFailed, discardWork, retryLater } from '../shared/errors.ts';
import { eventSource, maxEntryBytes, type ProductEvent } from './messages.ts';

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
