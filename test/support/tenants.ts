import type { TenantDirectory } from '../../lambdas/tenancy/stores/tenant-directory.ts';
import { type Tenant, tenantSchema } from '../../lambdas/tenancy/tenant.ts';

export const aTenant = (fields: Partial<Tenant> = {}): Tenant =>
  tenantSchema.parse({
    tenant_id: 'acme',
    name: 'Acme',
    status: 'active',
    created_at: '2026-11-01T08:00:00.000Z',
    updated_at: '2026-11-01T08:00:00.000Z',
    ...fields,
  });

/** Companies by their ids, each with its configuration by feature. */
export const someTenants = (
  configurations: Record<string, Record<string, unknown>>,
  suspended: string[] = [],
): TenantDirectory => ({
  tenant: async (tenant_id) =>
    Object.hasOwn(configurations, tenant_id)
      ? aTenant({ tenant_id, status: suspended.includes(tenant_id) ? 'suspended' : 'active' })
      : undefined,
  configuration: async (tenantId, feature) => configurations[tenantId]?.[feature],
});
