import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  credentialStore,
  type NewCredential,
} from '../../../lambdas/administration/stores/credential-store.ts';
import { tenantStore } from '../../../lambdas/administration/stores/tenant-store.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

const wanted = (tenant_id: string): NewCredential => ({
  tenant_id,
  kind: 'key',
  name: 'Shop',
  role: 'admin',
  created_by: 'operator',
});

describe('a credential, though each answer of the store is lost', () => {
  it('is made once, and found without its secret', async () => {
    const credentials = credentialStore(withLostAnswers(table));

    const { text, stored } = await credentials.create(wanted('made'));

    expect(await credentials.list('made')).toEqual([stored]);
    expect(await credentials.find('made', stored.key_id)).toEqual(stored);
    expect(JSON.stringify(stored)).not.toContain(text.split('_').at(-1));
  });

  it('is revoked once, and not where there is none', async () => {
    const credentials = credentialStore(withLostAnswers(table));
    const { stored } = await credentials.create(wanted('revoked'));

    expect(await credentials.revoke('revoked', stored.key_id)).toBe(true);
    table.clock.pass(1_000);
    expect(await credentials.revoke('revoked', stored.key_id)).toBe(false);
    expect(await credentials.revoke('revoked', 'none')).toBe(false);
  });

  it('records the day of its use, and none where there is none', async () => {
    const credentials = credentialStore(withLostAnswers(table));
    const { stored } = await credentials.create(wanted('used'));

    await credentials.touch('used', stored.key_id);
    await credentials.touch('used', 'none');

    expect(await credentials.list('used')).toMatchObject([{ last_used_on: '2026-11-21' }]);
  });
});

describe('a tenant', () => {
  it('is made once, and changed only where there is one', async () => {
    const tenants = tenantStore(table);

    const made = await tenants.create('acme', 'Acme');
    expect(await tenants.create('acme', 'Another')).toBeUndefined();
    expect(await tenants.find('acme')).toEqual(made);
    expect(await tenants.change('nobody', { status: 'suspended' })).toBeUndefined();

    const changed = await tenants.change('acme', { status: 'suspended' });
    expect(changed).toEqual({ ...made, status: 'suspended' });
    expect(await tenants.list()).toEqual([changed]);
  });
});
