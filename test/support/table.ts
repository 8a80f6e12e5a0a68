import type { GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { ConversationsTable } from '../../lambdas/whatsapp-replies/stores/keys.ts';
import { type VirtualClock, virtualClock } from './clock.ts';
import { tablesHere } from './stores.ts';
import { through } from './through.ts';

export interface Key {
  pk: string;
  sk: string;
}

/** A table on the embedded DynamoDB, with a clock of its own. */
export interface TestTable extends ConversationsTable {
  clock: VirtualClock;
  endpoint: string;
  item(key: Key): Promise<Record<string, unknown> | undefined>;
  put(item: Key & Record<string, unknown>): Promise<void>;
  items(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/**
 * A table of its own; each index finds items by the attribute of its name, and holds keys alone. One with an attribute
 * that sorts it, as `inbox:inbox_at`, holds the items.
 */
export async function startTestTable(
  indexNames: readonly string[] = [],
  name = 'conversations',
): Promise<TestTable> {
  const tables = await tablesHere();
  await tables.create({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk', ...indexNames.flatMap((name) => name.split(':'))].map(
      (AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      }),
    ),
    ...(indexNames.length > 0 && { GlobalSecondaryIndexes: indexNames.map(indexOf) }),
  });
  const client = DynamoDBDocumentClient.from(tables.client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    client,
    name,
    clock: virtualClock(),
    endpoint: tables.endpoint,
    retentionDays: async () => 90,
    async item(key) {
      const found = new GetCommand({ TableName: name, Key: key, ConsistentRead: true });
      return (await client.send(found)).Item;
    },
    async put(item) {
      await client.send(new PutCommand({ TableName: name, Item: item }));
    },
    async items() {
      return (await client.send(new ScanCommand({ TableName: name }))).Items ?? [];
    },
    close: () => tables.close(),
  };
}

function indexOf(index: string): GlobalSecondaryIndex {
  const [name = index, sortedBy] = index.split(':');
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: name, KeyType: 'HASH' },
      { AttributeName: sortedBy ?? 'sk', KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: sortedBy ? 'ALL' : 'KEYS_ONLY' },
  };
}

/** A table that does not answer, as long as `isDown` says so. */
export const failingTable = (table: TestTable, isDown: () => boolean = () => true): TestTable =>
  through(table, (command, real) => {
    if (isDown()) return Promise.reject(new Error('The table is away, and names +4915112345678.'));
    return real(command);
  });

/** Counts the calls that reach the table. */
export function countedTable(table: TestTable) {
  const calls: string[] = [];
  const counted = through(table, (command, real) => {
    calls.push(Object(command).constructor.name);
    return real(command);
  });
  return { ...counted, calls };
}
