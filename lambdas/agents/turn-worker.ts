import type { EventPublisher } from '../events/publisher.ts';
import { type Consume, consume } from '../shared/queue/consume.ts';
import type { ConsumerParts } from '../shared/queue/consumer.ts';
import { done } from '../shared/queue/outcome.ts';
import { limits } from './limits.ts';
import { queuedMessage } from './messages.ts';
import type { RunTurn, Turns } from './ports.ts';

/** How soon a message comes back whose turn another works on, at least and at most. */
const [soonSeconds, latestSeconds] = [1, 60];

interface TurnConsumerPorts {
  turns: Pick<Turns, 'begin'>;
  runTurn: RunTurn;
  /** The bus, for events that have waited here since it did not take them. */
  events: EventPublisher;
}

/**
 * Answers the messages that nobody else answers: a message stays in the queue until a turn that covers it has ended, so
 * that one of whoever has died on the way is continued.
 */
export const turnConsumer = (
  { turns, runTurn, events }: TurnConsumerPorts,
  parts: ConsumerParts,
): Consume =>
  consume(parts, {
    schema: queuedMessage,
    order: 'parallel',
    tenantOf: (message) => ('event' in message ? message.event : message).tenant_id,
    idsOf: (message): Record<string, string> => {
      if (!('event' in message))
        return { tenant_id: message.tenant_id, conversation_id: message.conversation_id };
      const { id: event_id, tenant_id } = message.event;
      return { tenant_id, event_id };
    },
    failed: 'A turn could not be worked on; it is tried again.',
    limits,

    async handle({ message }, invocation) {
      if ('event' in message) {
        await events.publish(message.event);
        return done;
      }
      const { sequence, ...key } = message;
      for (;;) {
        const turn = await turns.begin(key, sequence, 'queued');
        if (turn?.state === 'ended') return done;
        const progress = await runTurn(key, invocation);
        if (progress.kind !== 'waits') continue;
        const seconds = Math.ceil(progress.forMs / 1000);
        const afterSeconds = Math.min(latestSeconds, Math.max(soonSeconds, seconds));
        return { kind: 'retry', afterSeconds };
      }
    },
  });
