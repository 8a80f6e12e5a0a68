import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { storeCall, type Table } from '../../shared/store/table.ts';
import type { RunKey } from '../work/ports.ts';
import { runPartition } from './keys.ts';

type Item = Record<string, unknown>;

interface Reading {
  limit?: number;
  /** Behind which key, without its prefix. */
  after?: string;
  /** Also what was written a moment ago, at twice the price. */
  isExact?: boolean;
  /** The attributes that are wanted; by default all. */
  only?: readonly string[];
}

/** Reads the items of a run whose keys begin alike. */
export function runItems(table: Table) {
  const page = async (key: RunKey, prefix: string, reading: Reading = {}) => {
    const { limit, after, isExact, only } = reading;
    const answer = await storeCall('read a run', () =>
      table.client.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': runPartition(key), ':prefix': prefix },
          Limit: limit,
          ConsistentRead: isExact,
          ...(only && {
            ProjectionExpression: only.map((name) => `#${name}`).join(', '),
            ExpressionAttributeNames: Object.fromEntries(only.map((name) => [`#${name}`, name])),
          }),
          ...(after !== undefined && {
            ExclusiveStartKey: { pk: runPartition(key), sk: prefix + after },
          }),
        }),
      ),
    );
    const last: unknown = answer.LastEvaluatedKey?.['sk'];
    return {
      items: (answer.Items ?? []) as Item[],
      next: typeof last === 'string' ? last.slice(prefix.length) : undefined,
    };
  };

  const all = async (key: RunKey, prefix: string, reading: Reading = {}): Promise<Item[]> => {
    const items: Item[] = [];
    let after: string | undefined;
    do {
      const found = await page(key, prefix, { ...reading, ...(after !== undefined && { after }) });
      items.push(...found.items);
      after = found.next;
    } while (after !== undefined);
    return items;
  };
  return { page, all };
}
