import { createServer } from 'node:http';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  documentClient,
  queueClient,
  secretsClient,
} from '../../../lambdas/vendors/aws/clients.ts';
import { localCredentials } from '../../../local/cloud/credentials.ts';
import { recordedConsole } from '../../support/log.ts';
import { startTestTable } from '../../support/table.ts';

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A server that answers every request with 200 and keeps their paths. */
async function aServer() {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('Expected a port.');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { paths, url: `http://127.0.0.1:${address.port}`, [Symbol.dispose]: close };
}

const send = (url: string) => queueClient().send(new PurgeQueueCommand({ QueueUrl: url }));

describe('the queue client', () => {
  it('calls the endpoint of the queue’s URL where none is configured', async () => {
    using server = await aServer();
    recordedConsole();
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', undefined);

    await send(`${server.url}/000000000000/queue.fifo`);

    expect(server.paths).toHaveLength(1);
  });

  it.each(['AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL'])(
    'calls the endpoint in %s before that of the queue’s URL',
    async (name) => {
      using server = await aServer();
      vi.stubEnv(name, server.url);

      await send('https://sqs.eu-central-1.amazonaws.com/000000000000/queue.fifo');

      expect(server.paths).toHaveLength(1);
    },
  );
});

describe('the table client', () => {
  it('leaves out what is undefined', async () => {
    const table = await startTestTable();
    const { hostname, port } = await Object(table.client).config.endpoint();
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://${hostname}:${port}`);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', localCredentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', localCredentials.secretAccessKey);
    const [client, key] = [documentClient(), { pk: 'p', sk: 's' }];

    await client.send(new PutCommand({ TableName: table.name, Item: { ...key, none: undefined } }));

    const { Item } = await client.send(new GetCommand({ TableName: table.name, Key: key }));
    expect(Item).toEqual(key);
    await table.close();
  });
});

describe('the secrets client', () => {
  it('asks in the function’s own region unless another is named', async () => {
    const regions = [secretsClient(), secretsClient('us-west-2')].map(({ config }) =>
      config.region(),
    );

    expect(await Promise.all(regions)).toEqual(['eu-central-1', 'us-west-2']);
  });
});

describe('a call to AWS', () => {
  it('is tried three times in all', async () => {
    const attempts = [documentClient(), queueClient(), secretsClient()].map(({ config }) =>
      config.maxAttempts(),
    );

    expect(await Promise.all(attempts)).toEqual([3, 3, 3]);
  });
});
