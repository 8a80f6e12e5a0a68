import { mkdirSync } from 'node:fs';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { localCredentials } from './credentials.ts';
import { localAccount, localRegion } from './template.ts';

/** DynamoDB on one machine: an emulator in this process, on 127.0.0.1, kept in a folder where one is given. */
export interface Tables {
  endpoint: string;
  client: DynamoDBClient;
  /** Makes the table unless a run before has; returns its ARN. */
  create(definition: CreateTableCommandInput): Promise<string>;
  close(): Promise<void>;
}

export async function startTables(folder: string | undefined): Promise<Tables> {
  if (folder) mkdirSync(folder, { recursive: true });
  const server = dynalite({ createTableMs: 0, ...(folder && { path: folder }) });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const answered = workInProgress(server);
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
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
      return `arn:aws:dynamodb:${localRegion}:${localAccount}:table/${name}`;
    },
    async close() {
      client.destroy();
      await answered();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const settleMs = 10;

/** Resolves once every request so far has been worked off: dynalite crashes when its database closes before. */
function workInProgress(server: Server): () => Promise<void> {
  let open = 0;
  server.prependListener('request', (_request, response: ServerResponse) => {
    open += 1;
    const end = response.end;
    response.end = ((...given: unknown[]) => {
      open -= 1;
      return Reflect.apply(end, response, given) as ServerResponse;
    }) as typeof response.end;
  });
  return async () => {
    do await sleep(settleMs);
    while (open > 0);
  };
}

async function activeTable(client: DynamoDBClient, name: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (table?.TableStatus === 'ACTIVE') return;
  }
  throw new Error(`Table ${name} did not become active.`);
}
