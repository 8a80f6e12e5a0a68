import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localCredentials } from '../../../local/cloud/credentials.ts';
import { type EventBuses, startEventBuses } from '../../../local/cloud/event-buses.ts';
import { type Queues, startQueues } from '../../../local/cloud/queues.ts';
import { type Secrets, startSecrets } from '../../../local/cloud/secrets.ts';
import { signedAnew } from '../../../local/cloud/sigv4.ts';
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

const sdk = { region: 'us-east-1', credentials: localCredentials };

const called = (name: StoreName, credentials = localCredentials) =>
  calls[name]({ ...sdk, endpoint: urlOf[name](), credentials });

/** What the SDK sends for a store's call: recorded at a server that answers nothing of use. */
async function recorded(name: StoreName): Promise<{ headers: OutgoingHttpHeaders; body: string }> {
  const sent = Promise.withResolvers<{ headers: OutgoingHttpHeaders; body: string }>();
  const recorder = createServer((request, response) => {
    void text(request).then((body) => {
      sent.resolve({ headers: request.headers, body });
      response.writeHead(400).end();
    });
  });
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  const { port } = recorder.address() as AddressInfo;
  const options = { ...sdk, endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1 };
  await calls[name](options).catch(() => undefined);
  recorder.close();
  return sent.promise;
}

/** That call, sent with other headers or another body; its Host is that of the recorder. */
async function asked(
  name: StoreName,
  headers: OutgoingHttpHeaders,
  method = 'POST',
  body?: string,
) {
  const sent = await recorded(name);
  const all = { ...sent.headers, ...headers, connection: 'close' };
  const whole = body ?? sent.body;
  return asking(
    urlOf[name](),
    { ...all, 'content-length': Buffer.byteLength(whole) },
    method,
    whole,
  );
}

const all = Object.keys(urlOf) as StoreName[];

describe.each(all)('the local %s', (name) => {
  it('take the access key of this start alone, and refuse others as AWS does', async () => {
    await expect(called(name)).resolves.toBeDefined();

    const { accessKeyId, secretAccessKey } = localCredentials;
    for (const other of [
      { accessKeyId: 'local', secretAccessKey },
      { accessKeyId: `${accessKeyId}0`, secretAccessKey },
      // As anybody has it who was given a presigned URL.
      { accessKeyId, secretAccessKey: 'any' },
    ]) {
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

  it('refuse a signature that is of another request', async () => {
    expect((await asked(name, {})).status).toBe(200);

    for (const { status, body } of [
      await asked(name, {}, 'POST', '{ }'),
      await asked(name, { 'x-amz-date': '20200101T000000Z' }),
      await asked(name, { 'x-amz-target': 'DynamoDB_20120810.DeleteTable' }),
      await asked(name, { host: 'localhost:1' }),
    ]) {
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
    const { status, body } = await asked(name, {});

    expect(status).toBe(200);
    expect(body).toContain(answer);
  });
});

describe('the local secrets', () => {
  it('answer a request that is signed without a header of its body’s hash', async () => {
    const url = new URL(urlOf.secrets());
    const body = JSON.stringify({ SecretId: 'key' });
    const headers = {
      host: url.host,
      'x-amz-date': '20261130T000000Z',
      'x-amz-target': 'secretsmanager.GetSecretValue',
      authorization: `AWS4-HMAC-SHA256 Credential=${localCredentials.accessKeyId}/20261130/us-east-1/secretsmanager/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=${'0'.repeat(64)}`,
    };
    const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers };
    const authorization = signedAnew(request, body, localCredentials);

    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, authorization },
      body,
    });

    expect(await response.json()).toMatchObject({ Name: 'key', SecretString: 'sk-filled' });
  });
});
