import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { configurationNow } from '../../tenancy/stores/tenant-directory.ts';
import { webhooksOf } from '../features.ts';
import type { DeliveryPorts } from '../work/deliver-event.ts';
import type { Disabled } from '../work/endpoint.ts';

export type EndpointStore = DeliveryPorts['endpoints'];

export interface EndpointTables {
  /** The tenants' table, which has what they have configured. */
  tenants: Table;
  webhooks: Table;
  /** Plain http to this machine may be configured. */
  loopback: boolean;
}

const keyOf = (tenantId: string) => ({ pk: `TENANT#${tenantId}`, sk: 'ENDPOINT' });

interface DisabledItem extends Disabled {
  configuration_version: number;
}

/** Endpoints as they are now: neither a new URL nor the end of an old one waits for a cache. */
export function endpointStore({ tenants, webhooks, loopback }: EndpointTables): EndpointStore {
  const endpointFeature = webhooksOf(loopback);

  const endpoints = new ItemStore<DisabledItem>(webhooks, 'an endpoint');

  return {
    async find(tenantId) {
      const [configured, item] = await Promise.all([
        configurationNow(tenants, tenantId, 'webhooks'),
        endpoints.get(keyOf(tenantId)),
      ]);
      const endpoint = endpointFeature.parse(configured?.value, tenantId);
      if (!configured || !endpoint) return undefined;
      const { version } = configured;
      const disabled = item?.configuration_version === version ? item : undefined;
      return { ...endpoint, version, disabled };
    },

    async disable(tenantId, version, reason) {
      const item: DisabledItem = {
        configuration_version: version,
        disabled_at: isoTime(webhooks.clock.now()),
        reason,
      };
      await endpoints.putIf(keyOf(tenantId), item, {
        // The first 410 is remembered, and one of an older configuration says nothing about a newer one.
        if: expr`attribute_not_exists(pk) OR configuration_version < ${version}`,
      });
    },
  };
}
