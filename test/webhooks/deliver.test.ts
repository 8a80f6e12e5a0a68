import { Webhook } from 'standardwebhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../lambdas/webhooks/limits.ts';
import { secretOf } from '../../lambdas/webhooks/work/signing.ts';
import { aDelivery, anEvent } from '../support/events.ts';
import { failingTable, type TestTable } from '../support/table.ts';
import { aConsumer, aReceiver, aTable, configure, signingKey } from './delivering.ts';

let table: TestTable;
let receiver: Awaited<ReturnType<typeof aReceiver>>;

beforeEach(async () => {
  table = await aTable();
  receiver = await aReceiver();
});

const configured = (feature: object = {}) =>
  configure(table, 'acme', { url: receiver.url, ...feature });

describe('a delivery', () => {
  it('is over when the receiver has taken it', async () => {
    await configured();
    const { takes, counts, queue } = aConsumer(table);

    const stays = await takes(aDelivery(anEvent()));

    expect([stays, queue.returned, queue.dead]).toEqual([[], [], []]);
    expect(receiver.received).toHaveLength(1);
    expect(counts).toEqual({ WebhookDelivered: 1 });
  });

  it('goes to the URL that an earlier version has stored with a space or line end around it', async () => {
    await configured({ url: ` ${receiver.url}\n` });

    await aConsumer(table).takes(aDelivery(anEvent()));

    expect(receiver.received).toHaveLength(1);
  });

  it('carries type, time and data in its body, and only the id and the signature around it', async () => {
    await configured();
    const event = anEvent({ id: 'evt_other-name', data: { lead: { score: 0.9 } } });

    await aConsumer(table).takes(aDelivery(event));

    const [request] = receiver.received;
    expect(JSON.parse(request?.body ?? '')).toEqual({
      type: 'insight.created',
      timestamp: '2026-11-21T10:00:00.000Z',
      data: { lead: { score: 0.9 } },
    });
    expect(request).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'webhook-id': 'evt_other-name' },
    });
    expect(JSON.stringify(request)).not.toContain('acme');
  });

  it('is signed again at each try, by the company’s own secret', async () => {
    await configured({ secret_version: 4 });
    const { takes } = aConsumer(table);
    receiver.answers(500);

    await takes(aDelivery(anEvent()));
    table.clock.pass(5_000);
    await takes(aDelivery(anEvent(), 2));

    const [first, second] = receiver.received.map(({ headers }) => headers);
    expect(Number(second?.['webhook-timestamp']) - Number(first?.['webhook-timestamp'])).toBe(5);
    const at = new Date(Number(second?.['webhook-timestamp']) * 1000);
    const by = (version: number) =>
      new Webhook(secretOf(signingKey, 'acme', version)).sign(
        anEvent().id,
        at,
        receiver.received[1]?.body ?? '',
      );
    expect(second?.['webhook-signature']).toBe(`${by(4)} ${by(3)}`);
  });

  it.each([301, 307, 400, 401, 404, 408, 422, 429, 500, 503])(
    'comes back after an answer of %d',
    async (status) => {
      await configured();
      receiver.answers({ status, headers: { location: receiver.url } });
      const { takes, queue, counts } = aConsumer(table);

      const stays = await takes(aDelivery(anEvent(), 2));

      expect(stays).toEqual(['r1']);
      expect(queue.returned).toEqual([{ ids: ['r1'], seconds: 300 }]);
      expect(receiver.received).toHaveLength(1);
      expect(counts).toEqual({ WebhookFailed: 1 });
    },
  );

  it.each([
    [429, '90', 90],
    [503, 'Sat, 21 Nov 2026 10:02:00 GMT', 120],
    [503, 'Sat, 21 Nov 2020 10:02:00 GMT', 5],
    [503, 'soon', 5],
    [429, '-3', 5],
    [500, '90', 5],
  ])('comes back after an answer of %d with Retry-After %j in %d s', async (status, after, s) => {
    await configured();
    receiver.answers({ status, headers: { 'retry-after': after } });
    const { takes, queue } = aConsumer(table);

    await takes(aDelivery(anEvent()));

    expect(queue.returned).toEqual([{ ids: ['r1'], seconds: s }]);
  });

  it('comes back when the receiver is silent, or not there', async () => {
    await configured();
    receiver.answers('silence');
    const { takes, queue } = aConsumer(table, { timeoutMs: 100 });

    await takes(aDelivery(anEvent()));
    await receiver.close();
    await takes(aDelivery(anEvent(), 2));

    expect(queue.returned.map(({ seconds }) => seconds)).toEqual([5, 300]);
  });

  it('comes back while our own store is away, and goes to the dead letters at last', async () => {
    const { takes, queue } = aConsumer(failingTable(table));

    await takes(aDelivery(anEvent()));
    await takes(aDelivery(anEvent(), limits.maxAttempts));

    expect(queue.returned).toEqual([{ ids: ['r1'], seconds: 5 }]);
    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'store' }]);
  });

  it('goes to the dead letters after the last try, with its reason', async () => {
    await configured();
    receiver.answers(500);
    const { takes, queue, counts } = aConsumer(table);

    const stays = await takes(aDelivery(anEvent(), limits.maxAttempts));

    expect(stays).toEqual([]);
    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'webhook_refused' }]);
    expect(counts).toEqual({ WebhookFailed: 1, DeadLettered: 1 });
  });

  it('is not tried where only this machine would be called, outside the stage that is this machine', async () => {
    await configured();
    const { takes, queue } = aConsumer(table, { loopback: false });

    await takes(aDelivery(anEvent()));

    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'configuration_malformed' }]);
    expect(receiver.received).toEqual([]);
  });

  it('does not wait for another company’s receiver in the same batch', async () => {
    const silent = await aReceiver();
    await configure(table, 'umbra', { url: silent.url });
    await configured();
    silent.answers('silence');
    const { takes } = aConsumer(table, { timeoutMs: 30_000 });
    const theirs = { ...aDelivery(anEvent({ tenant_id: 'umbra' })), messageId: 'r0' };

    const batch = takes(theirs, aDelivery(anEvent()));

    await receiver.hears(1);
    await silent.hears(1);
    await silent.close();
    expect(await batch).toEqual(['r0']);
  });
});

describe('a message that is no event', () => {
  it.each([
    'no JSON',
    '{}',
    JSON.stringify({ detail: { ...anEvent(), tenant_id: 'a b' } }),
    JSON.stringify({ detail: { ...anEvent(), type: 'unheard.of' } }),
  ])('goes to the dead letters at once: %s', async (body) => {
    const { takes, queue } = aConsumer(table);

    const stays = await takes({ ...aDelivery(anEvent()), body });

    expect(stays).toEqual([]);
    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'malformed_message' }]);
  });
});

describe('the log of deliveries', () => {
  it('names ids, and neither URL nor data', async () => {
    await configured({ url: `${receiver.url}?token=hush` });
    receiver.answers(500, 410, 204);
    const { takes, log } = aConsumer(table, { timeoutMs: 500 });
    const event = anEvent({ data: { customer: 'Quetzalcoatl' } });

    await takes(aDelivery(event));
    await takes(aDelivery(event));
    await receiver.close();
    await configured({ url: `${receiver.url}?token=hush` });
    await takes(aDelivery(event));

    const text = JSON.stringify(log.lines);
    expect(log.lines.length).toBeGreaterThanOrEqual(3);
    expect(text).toContain(event.id);
    for (const secret of ['127.0.0.1', 'hush', '/hooks', 'Quetzalcoatl', 'whsec_', signingKey]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('a company that has its share of the deliveries', () => {
  it('waits in the queue while another is told', async () => {
    await configured();
    const { takes, queue, counts } = aConsumer(table, { full: ['umbra'] });

    const stays = await takes(
      { ...aDelivery(anEvent({ tenant_id: 'umbra' })), messageId: 'waits' },
      aDelivery(anEvent()),
    );

    expect([stays, queue.returned]).toEqual([[], []]);
    expect(queue.copies).toMatchObject([{ body: expect.stringContaining('umbra') }]);
    expect(receiver.received).toHaveLength(1);
    expect(counts).toEqual({ WaitedForShare: 1, WebhookDelivered: 1 });
  });
});
