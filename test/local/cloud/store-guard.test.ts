import type { OutgoingHttpHeaders } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localCredentials } from '../../../local/cloud/credentials.ts';
import { type EventBuses, startEventBuses } from '../../../local/cloud/event-buses.ts';
import { type Queues, startQueues } from '../../../local/cloud/queues.ts';
import { type Secrets, startSecrets } from '../../../local/cloud/secrets.ts';
import { startTables, type Tables } from '../../../local/cloud/tables.ts';
import { asking } from '../../support/asking.ts';

let [queues, tables, secrets, events]: [Queues?, Tables?, Secrets?, EventBuses?] = [];

beforeAll(async () => {
  [queues, tables, secrets] = await Promise.all([
    startQueues(undefined),
    startTables(undefined),
    startSecrets(),
  ]);
  events = await startEventBuses(queues);
  events.createBus('events');
  secrets.create('key');
  secrets.fill('key', 'sk-filled');
});

afterAll(async () => {
  for (const service of [events, queues, tables, secrets]) await service?.close();
});

const urlOf = {
  tables: () => String(tables?.endpoint),
  queues: () => String(queues?.endpoint),
  secrets: () => String(secrets?.url),
  events: () => String(events?.url),
};
type StoreName = keyof typeof urlOf;

/** A call of each store by the SDK, with this access key. */
const calls: Record<StoreName, (options: object) => Promise<unknown>> = {
  tables: (options) => new DynamoDBClient(options).send(new ListTablesCommand({})),
  queues: (options) => new SQSClient(options).send(new ListQueuesCommand({})),
  secrets: (options) =>
    new SecretsManagerClient(options).send(new GetSecretValueCommand({ SecretId: 'key' })),
  events: (options) => {
    const entry = { EventBusName: 'events', Source: 'shop', DetailType: 'order', Detail: '{}' };
    return new EventBridgeClient(options).send(new PutEventsCommand({ Entries: [entry] }));
  },
};

const called = (name: StoreName, accessKeyId: string) =>
  calls[name]({
    endpoint: urlOf[name](),
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'any' },
  });

/** The call that answers with the secret, or with the tables' names, where it is let in. */
const asked = (name: StoreName, headers: OutgoingHttpHeaders, method = 'POST') =>
  asking(
    urlOf[name](),
    {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target':
        name === 'secrets' ? 'secretsmanager.GetSecretValue' : 'DynamoDB_20120810.ListTables',
      'x-amz-date': '20261121T100000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${localCredentials.accessKeyId}/20261121/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00`,
      ...headers,
    },
    method,
    name === 'secrets' ? '{"SecretId":"key"}' : '{}',
  );

const all = Object.keys(urlOf) as StoreName[];

describe.each(all)('the local %s', (name) => {
  it('take the access key of this start alone, and refuse others as AWS does', async () => {
    await expect(called(name, localCredentials.accessKeyId)).resolves.toBeDefined();

    for (const other of ['local', `${localCredentials.accessKeyId}0`]) {
      await expect(called(name, other)).rejects.toMatchObject({
        name: 'UnrecognizedClientException',
        message: expect.stringContaining('only the access key of its own start'),
      });
    }
  });

  it('refuse who proves nothing', async () => {
    for (const authorization of ['', 'Bearer local', localCredentials.accessKeyId]) {
      const { status, body } = await asked(name, { authorization });

      expect(status).toBe(400);
      expect(body).toContain('UnrecognizedClientException');
    }
  });

  it('refuse a page of another site, whatever it knows, and allow its browser nothing', async () => {
    const { port } = new URL(urlOf[name]());
    const foreign = [
      { host: `rebound.example:${port}` },
      { origin: 'https://elsewhere.example' },
      { origin: 'null' },
    ];

    for (const headers of foreign) {
      const answers = await Promise.all([asked(name, headers), asked(name, headers, 'OPTIONS')]);

      expect(answers.map(({ status }) => status)).toEqual([403, 403]);
      expect(answers[0]?.body).toContain('to be of this machine');
      expect(Object.keys(answers[1]?.headers ?? {}).join()).not.toContain('access-control');
    }
  });
});

describe('a call that is let in', () => {
  it.each([
    ['tables' as const, '"TableNames"'],
    ['secrets' as const, 'sk-filled'],
  ])('reaches the local %s', async (name, answer) => {
    const { status, body } = await asked(name, { host: 'localhost:1' });

    expect(status).toBe(200);
    expect(body).toContain(answer);
  });
});
