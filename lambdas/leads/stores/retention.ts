import type { TenantDirectory } from '../../tenancy/stores/tenant-directory.ts';
import { defaultRetentionDays, features } from '../features.ts';

/** For how many days a tenant's leads are kept. */
export const retentionOf =
  (tenants: TenantDirectory) =>
  async (tenantId: string): Promise<number> => {
    const configured = await tenants.configuration(tenantId, 'lead-retention');
    const result = features['lead-retention'].safeParse(configured);
    return result.success ? result.data.days : defaultRetentionDays;
  };
