import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { localCredentials } from './credentials.ts';
import { type Store, startStore } from './store.ts';
import { arnOf, localRegion } from './template.ts';

/** DynamoDB on one machine: an emulator in a thread of its own, on 127.0.0.1, stored in a folder where one is given. */
export interface Tables {
  endpoint: string;
  client: DynamoDBClient;
  /** Creates the table unless it exists from an earlier run; returns its ARN. */
  create(definition: CreateTableCommandInput): Promise<string>;
  close(): Promise<void>;
}

export const startTables = async (folder: string | undefined): Promise<Tables> =>
  tablesOf(await startStore('tables', folder));

/** The tables that an emulator serves; closing them closes it. */
export function tablesOf(store: Store): Tables {
  const { endpoint } = store;
  const client = new DynamoDBClient({
    endpoint,
    region: localRegion,
    credentials: localCredentials,
  });
  return {
    endpoint,
    client,
    async create(definition) {
      const { TableName: name } = definition;
      try {
        await client.send(new DescribeTableCommand({ TableName: name }));
      } catch {
        await client.send(new CreateTableCommand(definition));
        await activeTable(client, String(name));
      }
      return arnOf('dynamodb', `table/${name}`);
    },
    async close() {
      client.destroy();
      await store.close();
    },
  };
}

async function activeTable(client: DynamoDBClient, name: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (table?.TableStatus === 'ACTIVE') return;
  }
  throw new Error(`Table ${name} did not become active.`);
}
