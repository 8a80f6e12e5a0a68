import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerDirectory } from '../../../lambdas/whatsapp-replies/stores/customer-directory.ts';
import { keys } from '../../../lambdas/whatsapp-replies/stores/keys.ts';
import { noThread } from '../../../lambdas/whatsapp-replies/work/ports.ts';
import { atEachCrashPoint } from '../../support/crash.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { replyStore } from '../../support/reply-table.ts';
import { failingTable, startTestTable, type TestTable } from '../../support/table.ts';
import { businessAddress } from '../../support/webhook.ts';
import { aChannel } from '../receiving.ts';
import { aTurn } from '../vendors/a-turn.ts';

let table: TestTable;
let people = 0;
const channel = aChannel();

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** A customer who is known to the directory. */
async function aCustomer(on: TestTable = table) {
  people += 1;
  const address = `whatsapp:+1555200${String(people).padStart(4, '0')}`;
  const directory = customerDirectory(on);
  const customer = await directory.customerOf(channel, address);
  return {
    directory,
    address,
    customer,
    /** As a webhook does it: finds the customer, then changes the consent. */
    consents: async (optedOut: boolean, messageSid: string) => {
      const current = await directory.customerOf(channel, address);
      return directory.setOptOut(channel, address, { customer: current, optedOut, messageSid });
    },
    optedOut: () =>
      replyStore(table).hasOptedOut(aTurn({ customer: address, business_number: businessAddress })),
  };
}

describe('a customer', () => {
  it('keeps the conversation that they were first given', async () => {
    const { directory, address, customer } = await aCustomer();

    const again = await directory.customerOf(channel, address);

    expect(again.conversation_id).toBe(customer.conversation_id);
  });

  it('may be in no thread, once their conversation has left the one that it was in', async () => {
    const { directory, address, customer } = await aCustomer();
    const { conversation_id } = customer;
    const turn = aTurn({ customer: address, business_number: businessAddress, conversation_id });
    const store = replyStore(table);
    await store.rememberThread(turn, 'conv_left');

    await store.rememberThread(turn, noThread);

    expect(await store.conversation(turn)).toMatchObject({ thread_id: noThread });
    expect((await directory.customerOf(channel, address)).thread_id).toBe(noThread);
  });

  it('keeps it when the answer to the first write was lost', async () => {
    const { directory, address, customer } = await aCustomer(withLostAnswers(table));

    const again = await directory.customerOf(channel, address);

    expect(again.conversation_id).toBe(customer.conversation_id);
  });

  it('is recorded with the company, the project and when they wrote', async () => {
    const { address } = await aCustomer();

    expect(await table.item(keys.customer('acme', channel.number, address))).toMatchObject({
      company_id: 'acme',
      project_id: 'shop',
      last_inbound_at: new Date(table.clock.now()).toISOString(),
      expires_at: Math.floor(table.clock.now() / 1000) + 90 * 86_400,
    });
  });

  it('has not opted out before they say so', async () => {
    const { optedOut } = await aCustomer();

    expect(await optedOut()).toBe(false);
  });
});

describe('an opt-out', () => {
  it('is set and cleared', async () => {
    const { consents, optedOut } = await aCustomer();

    const set = await consents(true, 'SM1');
    const out = await optedOut();
    const cleared = await consents(false, 'SM2');

    expect([set, out, cleared, await optedOut()]).toEqual([true, true, true, false]);
  });

  it('is not changed twice by the same message', async () => {
    const { consents, optedOut } = await aCustomer();
    await consents(true, 'SM1');
    await consents(false, 'SM2');

    const again = await consents(true, 'SM1');

    expect(again).toBe(false);
    expect(await optedOut()).toBe(false);
  });

  it('remembers at least the ten newest messages that changed it', async () => {
    const { consents, optedOut } = await aCustomer();
    for (let n = 0; n < 12; n++) await consents(n % 2 === 0, `SM${n}`);

    const repeated = [];
    for (let n = 2; n < 12; n++) repeated.push(await consents(true, `SM${n}`));

    expect(new Set(repeated)).toEqual(new Set([false]));
    expect(await optedOut()).toBe(false);
  });

  it('is set on a view of the customer that is out of date', async () => {
    const { directory, address, customer, consents, optedOut } = await aCustomer();
    await consents(true, 'SM1');
    await consents(false, 'SM2');

    const stale = { customer, optedOut: true, messageSid: 'SM3' };
    const changed = await directory.setOptOut(channel, address, stale);

    expect(changed).toBe(true);
    expect(await optedOut()).toBe(true);
  });

  it('is one change for many webhooks of the same message at once', async () => {
    const { consents } = await aCustomer();

    const changes = await Promise.all([1, 2, 3, 4].map(() => consents(true, 'SM1')));

    expect(changes.filter(Boolean)).toHaveLength(1);
  });

  it('holds when the answer to its write was lost', async () => {
    const { consents, optedOut } = await aCustomer(withLostAnswers(table));

    await consents(true, 'SM1');

    expect(await optedOut()).toBe(true);
  });
});

describe('two names that turn out to be one customer', () => {
  it('keep the STOP of either, wherever the process dies', async () => {
    let pairs = 0;
    const calls = await atEachCrashPoint(async (process) => {
      pairs += 1;
      const [number, id] = [`whatsapp:+1${pairs}`, `whatsapp:id${pairs}`];
      const directory = customerDirectory(table);
      await directory.customerOf(channel, number);
      const stopped = await directory.customerOf(channel, id);
      const change = { customer: stopped, optedOut: true, messageSid: 'SM1' };
      await directory.setOptOut(channel, id, change);

      const dying = customerDirectory(process.client(table));
      await process.outcome(dying.customerOf(channel, number, [id]));
      const merged = await directory.customerOf(channel, number, [id]);

      expect(merged.opted_out).toBe(true);
      expect((await directory.customerOf(channel, id)).opted_out).toBe(true);
    });
    expect(calls).toBeGreaterThanOrEqual(6);
  });
});

describe('a directory whose table is away', () => {
  it('fails with an error to be tried again', async () => {
    const directory = customerDirectory(failingTable(table));
    const change = { customer: { conversation_id: 'c' }, optedOut: true, messageSid: 'SM1' };

    const calls = [
      directory.customerOf(channel, 'whatsapp:+15550000001'),
      directory.setOptOut(channel, 'whatsapp:+15550000001', change),
    ];

    for (const call of calls) await expect(call).rejects.toMatchObject({ next: 'retry' });
  });
});
