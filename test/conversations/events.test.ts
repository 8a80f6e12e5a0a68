import { describe, expect, it } from 'vitest';
import { eventSchemas } from '../../lambdas/administration/event-schemas.ts';
import { maxEventText } from '../../lambdas/conversations/messages.ts';
import { published } from '../../lambdas/conversations/wiring.ts';
import type { ProductEvent } from '../../lambdas/events/messages.ts';
import { maxEntryBytes } from '../../lambdas/events/messages.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';
import { virtualClock } from '../support/clock.ts';
import { memoryConversationLog } from '../support/conversation-log.ts';
import { aMessage } from './stores/handling-contract.ts';

const key = { tenant_id: 'acme', conversation_id: 'c1' };
const begun = { ...key, channel: 'webchat', participant_id: 'p1' } as const;

/** A log whose events are kept; the bus is away as long as it is said so. */
function aLog() {
  const events: ProductEvent[] = [];
  let away = false;
  const listener = published({
    async publish(event) {
      if (away) throw retryLater('event_not_published', 'The bus is away.');
      events.push(event);
    },
  });
  const log = memoryConversationLog(virtualClock(), { listener });
  const setAway = (is: boolean) => {
    away = is;
  };
  return { log, events, setAway, types: () => events.map(({ type }) => type) };
}

describe('the events of a conversation', () => {
  it('tell all that happens to it, each by its type', async () => {
    const { log, types } = aLog();
    await log.open(begun);
    const answer = aMessage('a1', { role: 'assistant' });
    const said = aMessage('p1', { role: 'person' });

    await log.append(key, [aMessage('m1')], { after: 0 });
    await log.append(key, [answer], { after: 1, automatic: true });
    await log.setHandling(key, { handling: 'waiting', by: 'visitor:p1' });
    await log.append(key, [aMessage('a2', { role: 'assistant' })], { after: 2, automatic: true });
    await log.setHandling(key, { handling: 'person', by: 'key:eva' });
    await log.append(key, [said], { after: 4 });
    await log.recordDelivery(key, 'p1', { status: 'failed', error_code: 63_016 });
    await log.setHandling(key, { handling: 'automatic', by: 'key:eva' });
    await log.close(key, 'key:eva');

    expect(types()).toEqual([
      'conversation.started',
      'message.received',
      'message.sent',
      'conversation.person_requested',
      'conversation.taken_over',
      'message.sent',
      'message.failed',
      'conversation.handed_back',
      'conversation.closed',
    ]);
  });

  it('are as the OpenAPI document says, and each has an id of its own', async () => {
    const { log, events } = aLog();
    await log.open({ ...begun, metadata: { secret: 'of the channel' } });
    await log.append(key, [aMessage('m1', { author: { id: 'visitor:p1', name: 'Ann' } })], {
      after: 0,
    });
    await log.setHandling(key, { handling: 'person', by: 'key:eva', name: 'Eva' });
    await log.recordDelivery(key, 'm1', { status: 'failed' });

    for (const { type, occurred_at: timestamp, data } of events) {
      const schema = eventSchemas.find(([name]) => name === type)?.[1];
      expect(schema?.parse({ type, timestamp, data })).toEqual({ type, timestamp, data });
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(JSON.stringify(events)).not.toContain('of the channel');
  });

  it('are the same when what they tell is done again', async () => {
    const { log, events } = aLog();
    const all = async () => {
      await log.open(begun);
      await log.append(key, [aMessage('m1')], { after: 0 });
      await log.setHandling(key, { handling: 'person', by: 'key:eva' });
      await log.recordDelivery(key, 'm1', { status: 'failed', error_code: 1 });
    };
    await all();
    const first = events.splice(0);
    await all();

    expect(events).toEqual(first.slice(1));
  });

  it('differ between companies, and between conversations', async () => {
    const { log, events } = aLog();
    for (const other of [key, { ...key, tenant_id: 'globex' }, { ...key, conversation_id: 'c2' }]) {
      await log.open({ ...begun, ...other });
    }

    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  });

  it('are published by who tries again, where the bus was away', async () => {
    const { log, events, types, setAway } = aLog();
    await log.open(begun);
    events.length = 0;
    const steps = [
      () => log.append(key, [aMessage('m1')], { after: 0 }),
      () => log.setHandling(key, { handling: 'waiting', by: 'visitor:p1' }),
      () => log.close(key, 'key:eva'),
      () => log.recordDelivery(key, 'm1', { status: 'failed' }),
    ];

    for (const step of steps) {
      setAway(true);
      await expect(step()).rejects.toMatchObject({ next: 'retry' });
      setAway(false);
      await step();
    }

    expect(types()).toEqual([
      'message.received',
      'conversation.person_requested',
      'conversation.closed',
      'message.failed',
    ]);
  });

  it('have as much of a text as the bus takes', async () => {
    const { log, events } = aLog();
    await log.open(begun);
    await log.append(key, [aMessage('m1', { text: '\u0001'.repeat(300_000) })], { after: 0 });

    const [, { data } = { data: {} }] = events;
    const { message } = data as { message: { text: string; truncated: boolean } };
    expect([message.text.length, message.truncated]).toEqual([maxEventText, true]);
    expect(JSON.stringify(events[1]).length).toBeLessThan(maxEntryBytes);
  });
});
