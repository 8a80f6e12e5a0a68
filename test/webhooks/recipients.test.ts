import { beforeEach, describe, expect, it } from 'vitest';
import { aDelivery, anEvent } from '../support/events.ts';
import type { TestTable } from '../support/table.ts';
import { aConsumer, aReceiver, aTable, configure } from './delivering.ts';

let table: TestTable;
let receiver: Awaited<ReturnType<typeof aReceiver>>;

beforeEach(async () => {
  table = await aTable();
  receiver = await aReceiver();
});

const configured = (feature: object = {}) =>
  configure(table, 'acme', { url: receiver.url, ...feature });

describe('an event', () => {
  it('is of no interest to a company without a webhook, or that has named others', async () => {
    const { takes, queue } = aConsumer(table);

    expect(await takes(aDelivery(anEvent({ tenant_id: 'umbra' })))).toEqual([]);

    expect([queue.dead, receiver.received]).toEqual([[], []]);
  });

  it('of a company that is suspended is dropped, and counted', async () => {
    await configured();
    const { takes, counts } = aConsumer(table, { suspended: ['acme'] });

    expect(await takes(aDelivery(anEvent()))).toEqual([]);

    expect(counts).toEqual({ WebhookWithheld: 1 });
    expect(receiver.received).toEqual([]);
  });

  it('of a company that is not there makes a person look', async () => {
    const { takes, queue, log } = aConsumer(table);

    await takes(aDelivery(anEvent({ tenant_id: 'nobody' })));

    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'tenant_unknown' }]);
    expect(log.at('critical')).toHaveLength(1);
  });
});

describe('a receiver that is gone', () => {
  it('gets nothing any more, until the webhook is set again', async () => {
    await configured();
    receiver.answers(410);
    const { takes, counts, store } = aConsumer(table);

    await takes(aDelivery(anEvent()));
    await takes(aDelivery(anEvent({ id: 'evt_meanwhile' })));
    const disabled = (await store.find('acme'))?.disabled;
    await configured();
    await takes(aDelivery(anEvent({ id: 'evt_afterwards' })));

    expect(disabled).toMatchObject({ disabled_at: '2026-11-21T10:00:00.000Z' });
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([
      anEvent().id,
      'evt_afterwards',
    ]);
    expect(counts).toEqual({ WebhookDisabled: 2, WebhookDelivered: 1 });
  });

  it('says nothing of a webhook that was set meanwhile', async () => {
    await configured();
    const { store } = aConsumer(table);
    const before = await store.find('acme');
    await configured({ secret_version: 2 });

    await store.disable('acme', before?.version ?? 0, 'gone');
    expect((await store.find('acme'))?.disabled).toBeUndefined();

    const now = await store.find('acme');
    await store.disable('acme', now?.version ?? 0, 'gone');
    table.clock.pass(60_000);
    await store.disable('acme', now?.version ?? 0, 'gone again');
    await store.disable('acme', before?.version ?? 0, 'gone before');
    expect((await store.find('acme'))?.disabled).toMatchObject({
      disabled_at: '2026-11-21T10:00:00.000Z',
      reason: 'gone',
    });
  });
});
