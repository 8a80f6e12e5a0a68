import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configurationStore } from '../../../lambdas/administration/stores/configuration-store.ts';
import { tenantStore } from '../../../lambdas/administration/stores/tenant-store.ts';
import { tenantDirectory } from '../../../lambdas/tenancy/stores/tenant-directory.ts';
import { countedTable, failingTable, startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;

beforeEach(async () => {
  table = await startTestTable();
  await tenantStore(table).create('acme', 'Acme');
});

afterEach(() => table.close());

const set = (feature: string, value: unknown, tenantId = 'acme') =>
  configurationStore(table).set(tenantId, feature, {
    value,
    by: 'key:1',
    expected: undefined,
  });

describe('the tenant directory', () => {
  it('knows a tenant and what is configured for it', async () => {
    await set('assistant', { model: 'm' });
    const directory = tenantDirectory(table);

    expect(await directory.tenant('acme')).toMatchObject({ tenant_id: 'acme', status: 'active' });
    expect(await directory.configuration('acme', 'assistant')).toEqual({ model: 'm' });
  });

  it('knows nothing of other tenants and features, or of deleted ones', async () => {
    await set('assistant', { model: 'm' });
    await configurationStore(table).remove('acme', 'assistant', { by: 'x', expected: undefined });
    const directory = tenantDirectory(table);

    expect(await directory.tenant('globex')).toBeUndefined();
    expect(await directory.configuration('globex', 'assistant')).toBeUndefined();
    expect(await directory.configuration('acme', 'assistant')).toBeUndefined();
    expect(await directory.configuration('acme', 'other')).toBeUndefined();
  });

  it('tells a value of null from none', async () => {
    await set('colour', null);

    expect(await tenantDirectory(table).configuration('acme', 'colour')).toBeNull();
  });

  it('asks the table once in half a minute, for what is there and for what is not', async () => {
    const counted = countedTable(table);
    const directory = tenantDirectory(counted);

    for (let n = 0; n < 3; n++) {
      await directory.tenant('acme');
      await directory.configuration('acme', 'assistant');
      table.clock.pass(9_000);
    }

    expect(counted.calls).toHaveLength(2);
  });

  it('sees a change after half a minute', async () => {
    const directory = tenantDirectory(table);
    await directory.tenant('acme');
    await tenantStore(table).change('acme', { status: 'suspended' });

    table.clock.pass(30_000);

    expect(await directory.tenant('acme')).toMatchObject({ status: 'suspended' });
  });

  it('continues with what it knows while the table is away, and knows nothing new', async () => {
    let isDown = false;
    const directory = tenantDirectory(failingTable(table, () => isDown));
    await directory.tenant('acme');

    isDown = true;
    table.clock.pass(60_000);

    expect(await directory.tenant('acme')).toMatchObject({ tenant_id: 'acme' });
    await expect(directory.tenant('globex')).rejects.toMatchObject({ next: 'retry' });
  });
});
