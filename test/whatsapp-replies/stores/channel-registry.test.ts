import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  channelAdministration,
  channelRegistry,
} from '../../../lambdas/whatsapp-replies/stores/channel-registry.ts';
import { keys } from '../../../lambdas/whatsapp-replies/stores/keys.ts';
import { countedTable, failingTable, startTestTable, type TestTable } from '../../support/table.ts';
import { aChannel } from '../receiving.ts';

let table: TestTable;

beforeEach(async () => {
  table = await startTestTable();
});

afterEach(() => table.close());

describe('the channel registry', () => {
  it('finds a channel as it was added', async () => {
    const channel = aChannel({ project_id: 'support' });
    await channelAdministration(table).add(channel);

    expect(await channelRegistry(table).find(channel.number)).toEqual(channel);
  });

  it('finds nothing under another number', async () => {
    await channelAdministration(table).add(aChannel());

    expect(await channelRegistry(table).find('whatsapp:+4930999999')).toBeUndefined();
  });

  it('asks the table once in half a minute for a number that is registered', async () => {
    const counted = countedTable(table);
    const registry = channelRegistry(counted);
    await channelAdministration(table).add(aChannel());

    await registry.find(aChannel().number);
    table.clock.pass(29_999);
    await registry.find(aChannel().number);

    expect(counted.calls).toEqual(['GetCommand']);
  });

  it('sees a change after half a minute', async () => {
    const registry = channelRegistry(table);
    const admin = channelAdministration(table);
    await admin.add(aChannel());
    await registry.find(aChannel().number);

    await admin.add(aChannel({ project_id: 'support' }));
    const before = await registry.find(aChannel().number);
    table.clock.pass(30_000);
    const after = await registry.find(aChannel().number);

    expect([before?.project_id, after?.project_id]).toEqual(['shop', 'support']);
  });

  it('sees at once a number that was just registered', async () => {
    const registry = channelRegistry(table);
    const before = await registry.find(aChannel().number);

    await channelAdministration(table).add(aChannel());

    expect(before).toBeUndefined();
    expect(await registry.find(aChannel().number)).toBeDefined();
  });

  it('does not keep a failure', async () => {
    let down = true;
    const registry = channelRegistry(failingTable(table, () => down));
    await channelAdministration(table).add(aChannel());

    await expect(registry.find(aChannel().number)).rejects.toMatchObject({ next: 'retry' });
    down = false;

    expect(await registry.find(aChannel().number)).toBeDefined();
  });
});

describe('the channels command', () => {
  it('replaces a channel that is added again', async () => {
    const admin = channelAdministration(table);
    await admin.add(aChannel());

    await admin.add(aChannel({ company_id: 'globex' }));

    expect(await admin.list()).toEqual([aChannel({ company_id: 'globex' })]);
  });

  it('says whether it has removed one', async () => {
    const admin = channelAdministration(table);
    await admin.add(aChannel());

    const removed = [await admin.remove(aChannel().number), await admin.remove(aChannel().number)];

    expect(removed).toEqual([true, false]);
    expect(await admin.list()).toEqual([]);
  });

  it('lists channels and nothing else', async () => {
    const admin = channelAdministration(table);
    await table.put({ ...keys.conversation({ company_id: 'acme', conversation_id: 'c' }), x: 1 });
    await admin.add(aChannel());

    expect(await admin.list()).toEqual([aChannel()]);
  });

  it('lists all of them, over as many pages as there are', async () => {
    const ballast = 'x'.repeat(90_000);
    const numbers = Array.from({ length: 15 }, (_, n) => `whatsapp:+49301000${String(n + 10)}`);
    const items = numbers.map((number) => ({ ...keys.channel(number), ...aChannel({ number }) }));
    await Promise.all(items.map((item) => table.put({ ...item, ballast })));
    const counted = countedTable(table);

    const listed = await channelAdministration(counted).list();

    expect(listed.map(({ number }) => number)).toEqual(numbers);
    expect(counted.calls.length).toBeGreaterThan(1);
  });
});
