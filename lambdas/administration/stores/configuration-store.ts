import type { Page } from '../../shared/store/item-store.ts';
import type { Change, Expected, Stored } from '../../shared/store/resource-item.ts';
import { resourceStore } from '../../shared/store/resource-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { changesOf, configurationPrefix, partition } from '../../tenancy/stores/keys.ts';

interface By {
  by: string;
  expected: Expected | undefined;
}

/** The features that are set for tenants, each a resource whose id is its name. */
export function configurationStore(table: Table) {
  const features = resourceStore<unknown>(table, {
    noun: 'a configuration',
    pk: partition,
    prefix: configurationPrefix,
    changesOf,
    names: { id: 'feature_name', body: 'feature_value' },
  });

  return {
    async find(tenantId: string, feature: string) {
      const found = await features.find(tenantId, feature);
      return found && configuredOf(found);
    },

    async set(tenantId: string, feature: string, { value, ...by }: By & { value: unknown }) {
      const result = await features.change(tenantId, feature, by, () => ({ body: value }));
      if (result.kind !== 'changed') return { kind: 'conflict' } as const;
      return { ...result, configured: configuredOf(result.stored) };
    },

    /** `unchanged` where it is not set. */
    remove: (tenantId: string, feature: string, by: By) =>
      features.change(tenantId, feature, by, (value) =>
        value === undefined ? undefined : 'deleted',
      ),

    async list(tenantId: string, limit: number, after?: string) {
      return pageOf(await features.list(tenantId, { limit, after }), configuredOf);
    },

    /** Newest first; undefined when the feature was never set. */
    async changes(tenantId: string, feature: string, limit: number, before?: string) {
      const page = await features.changes(tenantId, feature, { limit, after: before });
      return page && pageOf(page, namedChange);
    },
  };
}
export type ConfigurationStore = ReturnType<typeof configurationStore>;

const pageOf = <T, R>({ items, next }: Page<T>, view: (item: T) => R): Page<R> => ({
  items: items.map(view),
  next,
});

const configuredOf = ({ id, body, ...stamps }: Stored<unknown>) => ({
  feature_name: id,
  feature_value: body,
  ...stamps,
});

const namedChange = ({ id, ...change }: Change<unknown>) => ({ feature_name: id, ...change });
