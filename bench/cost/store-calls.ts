import {
  DescribeTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import type { Proxied } from './proxy.ts';

const readCalls = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];

/** The read and write units that calls of DynamoDB use up, as the emulator reckons them from the items' sizes. */
export class StoreCalls {
  reads = 0;
  writes = 0;
  readonly #indexes: ReadonlyMap<string, string[]>;

  constructor(indexes: ReadonlyMap<string, string[]>) {
    this.#indexes = indexes;
  }

  /** Asks for the units, which the functions themselves have no use for. */
  ask = (body: string): string =>
    JSON.stringify({ ...(JSON.parse(body) as object), ReturnConsumedCapacity: 'TOTAL' });

  take({ target, sent, status, answer }: Proxied): void {
    const units = status === 200 ? unitsOf(answer) : refusedUnits(answer);
    if (readCalls.includes(target)) this.reads += units;
    else this.writes += units + (status === 200 ? this.#indexWrites(sent) : 0);
  }

  /** The emulator does not count what a write costs its indexes: one unit each, as they hold keys alone. */
  #indexWrites(sent: Record<string, unknown>): number {
    const names = this.#indexes.get(String(sent['TableName'])) ?? [];
    const { Item, UpdateExpression, ExpressionAttributeNames } = sent;
    const set = [
      ...Object.keys((Item ?? {}) as object),
      ...Object.values((ExpressionAttributeNames ?? {}) as Record<string, string>),
      ...String(UpdateExpression ?? '').split(/\W+/),
    ];
    return names.filter((name) => set.includes(name)).length;
  }
}

function unitsOf({ ConsumedCapacity: consumed }: Record<string, unknown>): number {
  const all = [consumed ?? []].flat() as { CapacityUnits: number }[];
  return all.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}

/** A write whose condition did not hold is paid for like one that was made; of an item over 1 KB more than this. */
const refusedUnits = ({ __type: type }: Record<string, unknown>): number =>
  String(type).endsWith('ConditionalCheckFailedException') ? 1 : 0;

/** The names of each table's indexes. */
export async function indexesOf(client: DynamoDBClient): Promise<Map<string, string[]>> {
  const { TableNames: names = [] } = await client.send(new ListTablesCommand({}));
  const described = names.map(async (name) => {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    const indexes = table?.GlobalSecondaryIndexes ?? [];
    return [name, indexes.map(({ IndexName }) => String(IndexName))] as const;
  });
  return new Map(await Promise.all(described));
}
