import { ItemStore } from '../../shared/store/item-store.ts';
import type { Key, Table } from '../../shared/store/table.ts';
import { type Tenant, tenantSchema } from '../tenant.ts';
import { keys } from './keys.ts';

/** The tenants and what is configured for them, as the contexts read it. */
export interface TenantDirectory {
  tenant(tenantId: string): Promise<Tenant | undefined>;
  /** The value of a feature, undefined where none is set. */
  configuration(tenantId: string, feature: string): Promise<unknown>;
}

type Item = Record<string, unknown> | undefined;
type Cached = { item: Item; until: number };

const keepMs = 30_000;
const maxCached = 2_000;

/**
 * Each item is kept for half a minute; that long a change may take to be seen. While DynamoDB is away,
 * the last value stays in use.
 */
export function tenantDirectory(table: Table): TenantDirectory {
  const items = new ItemStore(table, 'a tenant');
  const cached = new Map<string, Cached>();
  const read = async (key: Key): Promise<Item> => {
    const name = `${key.pk} ${key.sk}`;
    const known = cached.get(name);
    if (known && known.until > table.clock.now()) return known.item;
    try {
      const item = await items.get(key, { consistent: false });
      if (cached.size >= maxCached) cached.clear();
      cached.set(name, { item, until: table.clock.now() + keepMs });
      return item;
    } catch (error) {
      if (known) return known.item;
      throw error;
    }
  };
  return {
    async tenant(tenantId) {
      const item = await read(keys.tenant(tenantId));
      return item && tenantSchema.parse(item);
    },
    async configuration(tenantId, feature) {
      const item = await read(keys.configuration(tenantId, feature));
      if (!item || item['deleted']) return undefined;
      return JSON.parse(String(item['feature_value']));
    },
  };
}

/** A feature as it is set now, past everything that is remembered; undefined where it is not set. */
export async function configurationNow(
  table: Table,
  tenantId: string,
  feature: string,
): Promise<{ value: unknown; version: number } | undefined> {
  const items = new ItemStore(table, 'a configuration');
  const item = await items.get(keys.configuration(tenantId, feature));
  if (!item || item['deleted']) return undefined;
  return { value: JSON.parse(String(item['feature_value'])), version: Number(item['version']) };
}
