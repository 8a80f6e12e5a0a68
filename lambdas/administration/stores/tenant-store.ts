import { isoTime } from '../../shared/clock.ts';
import { exists } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { keys } from '../../tenancy/stores/keys.ts';
import { type Tenant, tenantSchema } from '../../tenancy/tenant.ts';

/** What the operator allows a tenant; missing values have their default. */
export type TenantLimits = Partial<Pick<Tenant, 'rate_limit' | 'model_limit'>>;

/** What may change of a tenant. */
export type TenantChange = Partial<Pick<Tenant, 'name' | 'status'>> & TenantLimits;

/** The companies on this deployment, as the authorizer and the operator see them. */
export function tenantStore(table: Table) {
  const tenants = new ItemStore(table, 'a tenant');
  return {
    async find(tenantId: string): Promise<Tenant | undefined> {
      const item = await tenants.get(keys.tenant(tenantId));
      return item && tenantSchema.parse(item);
    },

    /** Undefined if this id is taken. */
    async create(
      tenantId: string,
      name: string,
      limits: TenantLimits = {},
    ): Promise<Tenant | undefined> {
      const now = isoTime(table.clock.now());
      const tenant = tenantSchema.parse({
        tenant_id: tenantId,
        name,
        status: 'active',
        ...limits,
        created_at: now,
        updated_at: now,
      });
      const { written } = await tenants.create(keys.tenant(tenantId), tenant);
      return written ? tenant : undefined;
    },

    /** The tenant as it is then; undefined when there is none. */
    async change(tenantId: string, change: TenantChange): Promise<Tenant | undefined> {
      const { item } = await tenants.updateIf(keys.tenant(tenantId), {
        set: { ...change, updated_at: isoTime(table.clock.now()) },
        if: exists,
      });
      return item && tenantSchema.parse(item);
    },

    async list(): Promise<Tenant[]> {
      const items = await tenants.all({ pk: keys.tenant('').pk });
      return items.map((item) => tenantSchema.parse(item));
    },
  };
}
