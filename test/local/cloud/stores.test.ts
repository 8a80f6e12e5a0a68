import { readdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { localCredentials } from '../../../local/cloud/credentials.ts';
import { startEventBuses } from '../../../local/cloud/event-buses.ts';
import { type Queues, startQueues } from '../../../local/cloud/queues.ts';
import { type Secrets, startSecrets } from '../../../local/cloud/secrets.ts';
import { startTables, type Tables } from '../../../local/cloud/tables.ts';
import { aFolder } from './fixtures.ts';

const attributes = { FifoQueue: 'true', VisibilityTimeout: '300' };
const inbox = (queues: Queues) => queues.create('inbox.fifo', attributes);

async function send(queues: Queues, body: string): Promise<void> {
  const { url } = await inbox(queues);
  const message = { MessageBody: body, MessageGroupId: body, MessageDeduplicationId: body };
  await queues.client.send(new SendMessageCommand({ QueueUrl: url, ...message }));
}

async function receive(queues: Queues) {
  const { url } = await inbox(queues);
  const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 });
  const { Messages: messages = [] } = await queues.client.send(command);
  return messages;
}

const definition = {
  TableName: 'conversations',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
  BillingMode: 'PAY_PER_REQUEST' as const,
};
const put = (tables: Tables, pk: string) =>
  tables.client.send(new PutItemCommand({ TableName: 'conversations', Item: { pk: { S: pk } } }));
const get = async (tables: Tables, pk: string) => {
  const command = new GetItemCommand({ TableName: 'conversations', Key: { pk: { S: pk } } });
  return (await tables.client.send(command)).Item;
};

describe('the local queues', () => {
  it('keep their messages over a restart, where they have a folder', async () => {
    const folder = aFolder();
    const before = await startQueues(folder);
    await send(before, 'waiting');
    await send(before, 'done');
    const done = (await receive(before)).find(({ Body }) => Body === 'done');
    const { url } = await inbox(before);
    await before.client.send(
      new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: done?.ReceiptHandle }),
    );
    await send(before, 'later');
    await before.close();

    const after = await startQueues(folder);

    await inbox(after);
    expect((await receive(after)).map(({ Body }) => Body)).toContain('later');
    expect((await receive(after)).map(({ Body }) => Body)).not.toContain('done');
    await after.close();
  });

  it('bring back after a restart what was in flight', async () => {
    const folder = aFolder();
    const before = await startQueues(folder);
    await send(before, 'begun');
    const { url } = await inbox(before);
    await before.client.send(new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 1 }));
    await before.close();

    const after = await startQueues(folder);

    await inbox(after);
    await vi.waitFor(
      async () => expect((await receive(after)).map(({ Body }) => Body)).toEqual(['begun']),
      { timeout: 5_000 },
    );
    await after.close();
  });

  it('deliver several messages of a group in order, and none beside those in flight', async () => {
    const queues = await startQueues(undefined);
    const { url } = await inbox(queues);
    const put = (body: string) =>
      queues.client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: body,
          MessageGroupId: 'g',
          MessageDeduplicationId: body,
        }),
      );
    await put('1');
    await put('2');
    await put('3');

    const first = await receive(queues);
    await put('4');
    const beside = await receive(queues);
    for (const { ReceiptHandle } of first.slice(1)) {
      await queues.client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 1 }),
      );
    }
    await queues.client.send(
      new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first[0]?.ReceiptHandle }),
    );

    expect(first.map(({ Body }) => Body)).toEqual(['1', '2', '3']);
    expect(beside).toEqual([]);
    await vi.waitFor(
      async () => expect((await receive(queues)).map(({ Body }) => Body)).toEqual(['2', '3', '4']),
      { timeout: 5_000 },
    );
    await queues.close();
  });

  it('take over settings that have changed since the last run', async () => {
    const folder = aFolder();
    const before = await startQueues(folder);
    await before.create('inbox.fifo', { FifoQueue: 'true', VisibilityTimeout: '60' });
    await before.close();

    const after = await startQueues(folder);
    const { url } = await after.create('inbox.fifo', {
      FifoQueue: 'true',
      VisibilityTimeout: '90',
    });

    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
    const { Attributes: now } = await after.client.send(command);
    expect(now?.['VisibilityTimeout']).toBe('90');
    await after.close();
  });

  it('forget all without a folder', async () => {
    const before = await startQueues(undefined);
    await send(before, 'gone');
    await before.close();

    const after = await startQueues(undefined);

    expect(await receive(after)).toEqual([]);
    await after.close();
  });
});

describe('the local tables', () => {
  it('keep their items over a restart, where they have a folder', async () => {
    const folder = aFolder();
    const before = await startTables(folder);
    await before.create(definition);
    await put(before, 'kept');
    await before.close();

    const after = await startTables(folder);

    const arn = await after.create(definition);
    expect(arn).toBe('arn:aws:dynamodb:us-east-1:000000000000:table/conversations');
    expect(await get(after, 'kept')).toEqual({ pk: { S: 'kept' } });
    await after.close();
  });
});

describe('the local secrets', () => {
  const secretValue = async (secrets: Secrets): Promise<unknown> => {
    const client = new SecretsManagerClient({
      endpoint: secrets.url,
      region: 'us-east-1',
      credentials: localCredentials,
    });
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: 'key' }));
    return SecretString;
  };

  it('have after a restart what they made up before, where they have a folder', async () => {
    const folder = path.join(aFolder(), 'secrets');
    const before = await startSecrets(folder);
    before.generate('key', 64);
    const value = await secretValue(before);
    await before.close();

    const after = await startSecrets(folder);
    after.generate('key', 64);
    after.generate('other', 64);

    expect(await secretValue(after)).toBe(value);
    expect(statSync(path.join(folder, 'generated.json')).mode & 0o777).toBe(0o600);
    await after.close();
  });

  it('keep nothing that was filled in', async () => {
    const folder = aFolder();
    const secrets = await startSecrets(folder);
    secrets.create('key');
    secrets.fill('key', 'sk-filled');

    expect(await secretValue(secrets)).toBe('sk-filled');
    expect(readdirSync(folder)).toEqual([]);
    await secrets.close();
  });
});

/** This machine's addresses by which others may reach it. */
const outwardAddresses = Object.values(os.networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address);

describe('the local services', () => {
  it('listen on this machine only', async () => {
    const services = await Promise.all([
      startQueues(undefined),
      startTables(undefined),
      startSecrets(),
    ]);
    const [queues, tables, secrets] = services;
    const events = await startEventBuses(queues);

    for (const endpoint of [queues.endpoint, tables.endpoint, secrets.url, events.url]) {
      const { port } = new URL(endpoint);
      expect(endpoint).toBe(`http://127.0.0.1:${port}`);
      for (const host of ['[::1]', ...outwardAddresses]) {
        await expect(fetch(`http://${host}:${port}`)).rejects.toThrow();
      }
    }
    await Promise.all([...services, events].map((service) => service.close()));
  });
});
