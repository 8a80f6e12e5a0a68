import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { isoTime } from '../../shared/clock.ts';
import { conditionFailed, storeCall, type Table } from '../../shared/store/table.ts';
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

export interface Page<T> {
  items: T[];
  /** Where the next page begins. */
  next: string | undefined;
}

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

  const read = async (tenantId: string, feature: string): Promise<FeatureItem | undefined> => {
    const { Item: item } = await storeCall('read a configuration', () =>
      table.client.send(
        new GetCommand({
          TableName: table.name,
          Key: keys.configuration(tenantId, feature),
          ConsistentRead: true,
        }),
      ),
    );
    return item as FeatureItem | undefined;
  };

  const write = async (tenantId: string, next: FeatureItem, current: FeatureItem | undefined) => {
    const item = { ...keys.configuration(tenantId, next.feature_name), ...next };
    try {
      await storeCall('change a configuration', () =>
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: item,
            ConditionExpression: current ? 'version = :version' : 'attribute_not_exists(pk)',
            ...(current && { ExpressionAttributeValues: { ':version': current.version } }),
          }),
        ),
      );
      return true;
    } catch (error) {
      if (!conditionFailed(error)) throw error;
      const there = await read(tenantId, next.feature_name);
      return there?.change_id === next.change_id;
    }
  };

  /** Kept for good beside the feature; writing it again changes nothing. */
  const keepChange = (tenantId: string, item: FeatureItem) =>
    storeCall('keep a change', () =>
      table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: {
            ...keys.change(tenantId, item.feature_name, item.version),
            change: JSON.stringify(changeOf(item)),
          },
        }),
      ),
    );

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
      const page = await query(table, tenantId, configurationPrefix, {
        limit,
        ...(after !== undefined && { start: keys.configuration(tenantId, after) }),
      });
      const items = page.items as unknown as FeatureItem[];
      return {
        items: items.filter((item) => !item.deleted).map(configuredOf),
        next: page.last?.slice(configurationPrefix.length),
      };
    },

    async changes(tenantId, feature, limit, before) {
      const current = await read(tenantId, feature);
      if (!current) return undefined;
      const prefix = changesOf(feature);
      const page = await query(table, tenantId, prefix, {
        limit,
        newestFirst: true,
        ...(before !== undefined && { start: { pk: partition(tenantId), sk: prefix + before } }),
      });
      const kept = page.items.map((item) => JSON.parse(String(item['change'])) as Change);
      const isKept = before !== undefined || kept[0]?.version === current.version;
      return {
        items: isKept ? kept : [changeOf(current), ...kept],
        next: page.last?.slice(prefix.length),
      };
    },
  };
}

async function query(
  table: Table,
  tenantId: string,
  prefix: string,
  page: { limit: number; newestFirst?: boolean; start?: { pk: string; sk: string } },
): Promise<{ items: Record<string, unknown>[]; last: string | undefined }> {
  const { Items: items = [], LastEvaluatedKey: last } = await storeCall('list configurations', () =>
    table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': partition(tenantId), ':prefix': prefix },
        Limit: page.limit,
        ScanIndexForward: !page.newestFirst,
        ExclusiveStartKey: page.start,
      }),
    ),
  );
  const sk: unknown = last?.['sk'];
  return { items, last: typeof sk === 'string' ? sk : undefined };
}
