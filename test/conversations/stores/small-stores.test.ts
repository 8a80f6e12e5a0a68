import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientEventStore } from '../../../lambdas/conversations/stores/client-event-store.ts';
import { feedbackStore } from '../../../lambdas/conversations/stores/feedback-store.ts';
import { sessionStore } from '../../../lambdas/conversations/stores/session-store.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { failingTable, startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

const anEvent = () => ({
  event_id: randomUUID(),
  name: 'widget_opened' as const,
  occurred_at: new Date(table.clock.now()).toISOString(),
  properties: {},
});
const key = { tenant_id: 'acme', conversation_id: 'c-1' };

describe('a session whose writer’s answer was lost', () => {
  it('is the writer’s own, and another’s second try is not', async () => {
    const sessions = sessionStore(withLostAnswers(table));
    const made = { sessionId: randomUUID(), context: { a: 1 }, ttlSeconds: 60 };

    expect(await sessions.create('acme', made)).toMatchObject({ created: true });
    expect(await sessions.create('acme', made)).toMatchObject({ created: false });
    expect(await sessions.update('acme', { ...made, context: {} })).toMatchObject({ context: {} });
  });
});

describe('client events whose writer’s answers were lost', () => {
  it('count as taken in, and only what was there before as known', async () => {
    const events = clientEventStore(withLostAnswers(table));
    const [one, other] = [anEvent(), anEvent()];

    expect(await events.record('lost', [one], 'visitor:1')).toBe(1);
    expect(await events.record('lost', [one, other], 'visitor:1')).toBe(1);
    expect((await events.list('lost', { limit: 5 })).items).toHaveLength(2);
  });

  it('are all taken in by the next try, once, where the table fails among them', async () => {
    let calls = 0;
    const failing = failingTable(table, () => ++calls === 3);
    const sent = Array.from({ length: 5 }, anEvent);

    await expect(clientEventStore(failing).record('down', sent, 'v')).rejects.toThrow();
    await clientEventStore(table).record('down', sent, 'v');

    expect((await clientEventStore(table).list('down', { limit: 9 })).items).toHaveLength(5);
  });

  it('are found behind a thousand others, over several pages', async () => {
    const events = clientEventStore(table);
    const [first, ...others] = Array.from({ length: 1_101 }, anEvent);
    if (!first) throw new Error('There is no event.');
    const before = new Date(table.clock.now() - 1_000).toISOString();
    const wanted = { ...first, name: 'widget_closed' as const, occurred_at: before };
    await events.record('many', [wanted, ...others], 'v');

    const page = await events.list('many', { limit: 9, name: 'widget_closed' });
    const next = await events.list('many', { limit: 9, name: 'widget_closed', after: page.next });

    expect([page.items.length, page.next !== undefined]).toEqual([0, true]);
    expect(next).toMatchObject({ items: [{ event_id: first.event_id }], next: undefined });
  });
});

describe('feedback', () => {
  it('is one of each message and one of the whole, the last that was given', async () => {
    const feedback = feedbackStore(withLostAnswers(table));
    const up = { rating: 'up', comment: null } as const;
    const down = { rating: 'down', comment: 'No.' } as const;

    const first = await feedback.give(key, { message_id: 'm-1', ...up });
    table.clock.pass(1_000);
    await feedback.give(key, { message_id: null, ...up });
    const second = await feedback.give(key, { message_id: 'm-1', ...down });
    const { items } = await feedback.list('acme', { limit: 9 });

    expect(items).toMatchObject([
      { message_id: null, rating: 'up' },
      { message_id: 'm-1', rating: 'down', comment: 'No.', feedback_id: first.feedback_id },
    ]);
    expect(second).toMatchObject({ created_at: first.created_at });
    expect(second.updated_at > first.updated_at).toBe(true);
  });

  it('is found by its rating and its conversation, and by no other company', async () => {
    const feedback = feedbackStore(table);
    await feedback.give(
      { ...key, conversation_id: 'c-2' },
      {
        message_id: null,
        rating: 'up',
        comment: null,
      },
    );

    const found = (query: object) =>
      feedback.list('acme', { limit: 9, ...query }).then(({ items }) => items.length);

    expect(await found({ rating: 'up' })).toBe(2);
    expect(await found({ rating: 'up', conversationId: 'c-2' })).toBe(1);
    expect(await found({ conversationId: 'c-3' })).toBe(0);
    expect((await feedback.list('another', { limit: 9 })).items).toEqual([]);
  });

  it('given twice at the same time is one', async () => {
    const feedback = feedbackStore(table);
    const place = { tenant_id: 'twice', conversation_id: 'c-1' };
    const give = (rating: 'up' | 'down') =>
      feedback.give(place, { message_id: 'm', rating, comment: null });

    await Promise.all([give('up'), give('down'), give('up')]);

    expect((await feedback.list('twice', { limit: 9 })).items).toHaveLength(1);
  });
});
