import { isoTime } from '../../shared/clock.ts';
import { exists, expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { credentialPrefix, keys, partition } from '../../tenancy/stores/keys.ts';
import { clientIdOf, newApiKey, newKeyId } from '../work/api-key.ts';
import { credentialSchema, type StoredCredential } from '../work/credential.ts';

/** What a new credential is made from. */
export type NewCredential = Pick<
  StoredCredential,
  'tenant_id' | 'kind' | 'name' | 'role' | 'scopes' | 'valid_until' | 'created_by'
>;

/** The API keys and public client ids of the tenants. */
export function credentialStore(table: Table) {
  const credentials = new ItemStore(table, 'a credential');
  return {
    async find(tenantId: string, keyId: string): Promise<StoredCredential | undefined> {
      const item = await credentials.get(keys.credential(tenantId, keyId));
      return item && credentialSchema.parse(item);
    },

    async touch(tenantId: string, keyId: string): Promise<void> {
      await credentials.updateIf(keys.credential(tenantId, keyId), {
        set: { last_used_on: isoTime(table.clock.now()).slice(0, 10) },
        if: exists,
      });
    },

    /** Makes a credential; `text` is what its holder sends; it cannot be read again. */
    async create(wanted: NewCredential): Promise<{ text: string; stored: StoredCredential }> {
      const key_id = newKeyId();
      const { tenant_id, kind } = wanted;
      const { text, secret_hash } =
        kind === 'key'
          ? newApiKey(tenant_id, key_id)
          : { text: clientIdOf(tenant_id, key_id), secret_hash: undefined };
      const created_at = isoTime(table.clock.now());
      const stored: StoredCredential = credentialSchema.parse({
        ...wanted,
        key_id,
        created_at,
        secret_hash,
      });
      await credentials.put(keys.credential(tenant_id, key_id), stored);
      return { text, stored };
    },

    async list(tenantId: string): Promise<StoredCredential[]> {
      const items = await credentials.all({ pk: partition(tenantId), prefix: credentialPrefix });
      return items.map((item) => credentialSchema.parse(item));
    },

    /** False when there is none that could be revoked. */
    async revoke(tenantId: string, keyId: string): Promise<boolean> {
      const { written } = await credentials.updateIf(keys.credential(tenantId, keyId), {
        set: { revoked_at: isoTime(table.clock.now()) },
        if: expr`${exists} AND attribute_not_exists(revoked_at)`,
        mine: ['revoked_at'],
      });
      return written;
    },
  };
}
