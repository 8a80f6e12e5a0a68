import { expect, it } from 'vitest';
import { turnConsumer } from '../../lambdas/agents/turn-worker.ts';
import type { ProductEvent } from '../../lambdas/events/messages.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';
import { consumerParts, staysOf } from '../support/consumer.ts';
import { anEvent } from '../support/events.ts';
import { aRecord } from '../support/sqs-event.ts';

/** The worker beside a bus that is there, or away; it has no turns. */
function aWorker({ isAway = false } = {}) {
  const published: ProductEvent[] = [];
  const none = () => Promise.reject(new Error('Expected no turn.'));
  const events = {
    async publish(event: ProductEvent) {
      if (isAway) throw retryLater('event_not_published', 'The bus is away.');
      published.push(event);
    },
  };
  const { parts, queue } = consumerParts();
  const ports = {
    turns: { begin: none },
    runTurn: none,
    conversations: { find: none, messages: none },
  };
  const consume = turnConsumer({ ...ports, events }, parts);
  const record = aRecord('r1', { kind: 'event', event: anEvent() });
  return { published, queue, stays: () => staysOf(consume, [record]) };
}

it('publishes an event that the bus did not take, and that has waited in the queue of turns', async () => {
  const { published, stays } = aWorker();

  expect(await stays()).toEqual([]);
  expect(published).toEqual([anEvent()]);
});

it('keeps an event in the queue of turns while the bus is away', async () => {
  expect(await aWorker({ isAway: true }).stays()).toEqual(['r1']);
});
