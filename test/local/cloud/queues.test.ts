import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Queues, startQueues } from '../../../local/cloud/queues.ts';

let folder: string;
let queues: Queues;
let url: string;

const start = async () => {
  queues = await startQueues(folder);
  ({ url } = await queues.create('work', {}));
};

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'queues-'));
  await start();
});

afterEach(async () => {
  await queues.close();
  rmSync(folder, { recursive: true });
});

const receive = async () => {
  const command = new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 600 });
  return (await queues.client.send(command)).Messages?.[0];
};

const giveBack = (ReceiptHandle: string | undefined) =>
  queues.client.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }),
  );

describe('a message that is given back', () => {
  beforeEach(async () => {
    await queues.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'work' }));
    const taken = await receive();
    await giveBack(taken?.ReceiptHandle);
  });

  it('can be taken again, from a queue that is kept in a folder', async () => {
    expect((await receive())?.Body).toBe('work');
  });

  it('is there at once after a restart', async () => {
    await queues.close();
    await start();

    expect((await receive())?.Body).toBe('work');
  });
});
