import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageStatus } from '../../../lambdas/whatsapp-replies/messages.ts';
import { deliveryStore } from '../../../lambdas/whatsapp-replies/stores/delivery-store.ts';
import { keys } from '../../../lambdas/whatsapp-replies/stores/keys.ts';
import { days } from '../../support/clock.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { failingTable, startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
let messages = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

function aMessage(on: TestTable = table) {
  messages += 1;
  const reference = { company_id: 'acme', conversation_id: 'c_1', message_key: `key-${messages}` };
  return {
    report: async (
      status: MessageStatus,
      more: { messageSid?: string; errorCode?: number } = {},
    ) => {
      const given = { reference, messageSid: 'SMa', status, ...more };
      return (await deliveryStore(on).report(given)).moved;
    },
    counted: async (status: MessageStatus, messageSid: string) =>
      (await deliveryStore(on).report({ reference, messageSid, status })).counted,
    stored: () => table.item(keys.reply(reference, reference.message_key)),
  };
}

describe('a delivery report', () => {
  it('says whether it moved the status', async () => {
    const { report } = aMessage();

    const moved = [await report('sent'), await report('queued'), await report('delivered')];

    expect(moved).toEqual([true, false, true]);
  });

  it('moves nothing when it comes again', async () => {
    const { report, stored } = aMessage();
    await report('sent');
    const before = await stored();
    table.clock.pass(5_000);

    const moved = await report('sent');

    expect(moved).toBe(false);
    expect(await stored()).toEqual(before);
  });

  it('of arrival outranks a failure, and a failure never outranks arrival', async () => {
    const { report, stored } = aMessage();

    const moved = [await report('failed'), await report('delivered'), await report('undelivered')];

    expect(moved).toEqual([true, true, false]);
    expect(await stored()).toMatchObject({ status: 'delivered' });
  });

  it('notes when the status changed, and expires', async () => {
    const { report, stored } = aMessage();

    await report('sent');

    expect(await stored()).toMatchObject({
      status_updated_at: new Date(table.clock.now()).toISOString(),
      expires_at: Math.floor((table.clock.now() + days(90)) / 1000),
    });
  });

  it('keeps the first SID, whatever another message of the part reports', async () => {
    const { report, stored } = aMessage();
    await report('queued');

    const moved = await report('read', { messageSid: 'SMb' });

    expect(moved).toBe(false);
    expect(await stored()).toMatchObject({ message_sid: 'SMa', status: 'queued' });
  });

  it('counts where it is of the message that was recorded first, also where it moves nothing', async () => {
    const { counted } = aMessage();

    expect(await counted('read', 'SMa')).toBe(true);
    expect(await counted('sent', 'SMa')).toBe(true);
    expect(await counted('sent', 'SMb')).toBe(false);
  });

  it('is one change for many that come at once', async () => {
    const { report } = aMessage();

    const moved = await Promise.all([1, 2, 3, 4].map(() => report('delivered')));

    expect(moved.filter(Boolean)).toHaveLength(1);
  });

  it('is there when the answer to its write was lost', async () => {
    const { report, stored } = aMessage(withLostAnswers(table));

    await report('read', { errorCode: 1 });

    expect(await stored()).toMatchObject({ status: 'read', error_code: 1 });
  });

  it('fails with an error to be tried again while the table is away', async () => {
    const { report } = aMessage(failingTable(table));

    await expect(report('read')).rejects.toMatchObject({ code: 'store', next: 'retry' });
  });
});
