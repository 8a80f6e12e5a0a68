import { randomUUID } from 'node:crypto';
import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore, type Page } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { changesOf, configurationPrefix, keys, partition } from '../../tenancy/stores/keys.ts';
import type { Change } from '../routes.ts';
import {
  type Configured,
  changeOf,
  configuredOf,
  type Expected,
  type FeatureItem,
  isAsExpected,
  isUnset,
  nextItem,
} from '../work/configuration-item.ts';

export type ChangeResult =
  | { kind: 'changed'; configured: Configured; created: boolean }
  | { kind: 'conflict' };

export interface ConfigurationStore {
  find(tenantId: string, feature: string): Promise<Configured | undefined>;
  set(
    tenantId: string,
    feature: string,
    value: { json: string; by: string; expected: Expected },
  ): Promise<ChangeResult>;
  /** Undefined when it was not set. */
  remove(
    tenantId: string,
    feature: string,
    change: { by: string; expected: Expected },
  ): Promise<ChangeResult | undefined>;
  list(tenantId: string, limit: number, after?: string): Promise<Page<Configured>>;
  /** Newest first; undefined when the feature was never set. */
  changes(
    tenantId: string,
    feature: string,
    limit: number,
    before?: string,
  ): Promise<Page<Change> | undefined>;
}

/** Many instances may change a feature at once; each try lets one of them through. */
const maxTries = 20;

export function configurationStore(table: Table): ConfigurationStore {
  const stamp = () => ({ now: isoTime(table.clock.now()), change_id: randomUUID() });

  const features = new ItemStore<FeatureItem>(table, 'a configuration');
  const kept = new ItemStore<{ change: string }>(table, 'a change');

  const read = (tenantId: string, feature: string): Promise<FeatureItem | undefined> =>
    features.get(keys.configuration(tenantId, feature));

  const write = async (tenantId: string, next: FeatureItem, current: FeatureItem | undefined) => {
    const { written } = await features.putIf(
      keys.configuration(tenantId, next.feature_name),
      next,
      {
        if: current ? expr`version = ${current.version}` : features.absent(),
        mine: ['change_id'],
      },
    );
    return written;
  };

  /** Kept for good beside the feature; writing it again changes nothing. */
  const keepChange = (tenantId: string, item: FeatureItem) =>
    kept.put(keys.change(tenantId, item.feature_name, item.version), {
      change: JSON.stringify(changeOf(item)),
    });

  const change = async (
    tenantId: string,
    feature: string,
    expected: Expected,
    make: (current: FeatureItem | undefined) => FeatureItem | undefined,
  ): Promise<ChangeResult | undefined> => {
    for (let tries = 0; tries < maxTries; tries++) {
      const current = await read(tenantId, feature);
      if (!isAsExpected(current, expected)) return { kind: 'conflict' };
      const next = make(current);
      if (!next) return undefined;
      // The change before is kept first: its own writer may have died before doing so.
      if (current) await keepChange(tenantId, current);
      if (!(await write(tenantId, next, current))) continue;
      // The change is made, and its record is in the item: it is kept by the next one at the latest.
      await keepChange(tenantId, next).catch(() => undefined);
      return { kind: 'changed', configured: configuredOf(next), created: isUnset(current) };
    }
    return { kind: 'conflict' };
  };

  return {
    async find(tenantId, feature) {
      const item = await read(tenantId, feature);
      return item && !item.deleted ? configuredOf(item) : undefined;
    },

    async set(tenantId, feature, { json, by, expected }) {
      const result = await change(tenantId, feature, expected, (current) =>
        nextItem(current, { feature, json, by, ...stamp() }),
      );
      return result ?? { kind: 'conflict' };
    },

    remove: (tenantId, feature, { by, expected }) =>
      change(tenantId, feature, expected, (current) =>
        current && !current.deleted
          ? { ...nextItem(current, { feature, json: 'null', by, ...stamp() }), deleted: true }
          : undefined,
      ),

    async list(tenantId, limit, after) {
      const range = { pk: partition(tenantId), prefix: configurationPrefix };
      const { items, next } = await features.page(range, { limit, after });
      return { items: items.filter((item) => !item.deleted).map(configuredOf), next };
    },

    async changes(tenantId, feature, limit, before) {
      const current = await read(tenantId, feature);
      if (!current) return undefined;
      const range = { pk: partition(tenantId), prefix: changesOf(feature) };
      const page = await kept.page(range, { limit, newestFirst: true, after: before });
      const changes = page.items.map(({ change }) => JSON.parse(change) as Change);
      const isKept = before !== undefined || changes[0]?.version === current.version;
      return { items: isKept ? changes : [changeOf(current), ...changes], next: page.next };
    },
  };
}
