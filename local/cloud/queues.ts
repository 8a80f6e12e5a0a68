import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { localCredentials } from './credentials.ts';
import { type FauxqsQueue, handOutWholeGroups } from './fifo-groups.ts';
import { localAccount, localRegion } from './template.ts';

/** SQS on one machine: an emulator in this process, on 127.0.0.1, kept in SQLite where a folder is given. */
export interface Queues {
  endpoint: string;
  client: SQSClient;
  create(name: string, attributes: Record<string, string>): Promise<QueueAddress>;
  close(): Promise<void>;
}

export interface QueueAddress {
  url: string;
  arn: string;
}

/** The parts of fauxqs that its package does not export: without them it binds all interfaces or forgets all. */
interface FauxqsParts {
  SqsStore: new () => Record<string, unknown> & {
    allQueues(): Iterable<Record<string, unknown>>;
    getQueueByName(name: string): FauxqsQueue | undefined;
  };
  SnsStore: new () => Record<string, unknown>;
  S3Store: new () => Record<string, unknown>;
  PersistenceManager: new (folder: string) => Persistence;
}

interface Persistence {
  load(...stores: unknown[]): void;
  close(): void;
  updateMessageReady(messageId: string): void;
  db: { prepare(statement: string): { run(...values: string[]): unknown } };
}

async function fauxqsParts(): Promise<FauxqsParts> {
  const home = import.meta.resolve('fauxqs');
  const part = (file: string) => import(new URL(file, home).href);
  const [sqs, sns, s3, persistence] = await Promise.all([
    part('./sqs/sqsStore.js'),
    part('./sns/snsStore.js'),
    part('./s3/s3Store.js'),
    part('./persistence.js'),
  ]);
  return { ...sqs, ...sns, ...s3, ...persistence } as FauxqsParts;
}

export async function startQueues(folder: string | undefined): Promise<Queues> {
  const parts = await fauxqsParts();
  const stores = {
    sqsStore: new parts.SqsStore(),
    snsStore: new parts.SnsStore(),
    s3Store: new parts.S3Store(),
  };
  const persistence = folder ? new parts.PersistenceManager(folder) : undefined;
  if (persistence) {
    keepWhatIsGivenBack(persistence);
    persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
    for (const store of Object.values(stores)) store['persistence'] = persistence;
    for (const queue of stores.sqsStore.allQueues()) queue['persistence'] = persistence;
  }
  const patched = new WeakSet<FauxqsQueue>();
  const app = buildApp({ logger: false, stores: stores as never, defaultRegion: localRegion });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new SQSClient({
    endpoint,
    region: localRegion,
    credentials: localCredentials,
    useQueueUrlAsEndpoint: false,
  });
  return {
    endpoint,
    client,
    async create(name, attributes) {
      const url = `${endpoint}/${localAccount}/${name}`;
      try {
        await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
      } catch (error) {
        // From an earlier run with other settings: those of the template count.
        if (!(error instanceof Error) || !error.name.includes('QueueNameExists')) throw error;
        const changeable = changeableOf(attributes);
        await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: changeable }));
      }
      const queue = stores.sqsStore.getQueueByName(name);
      if (queue && !patched.has(queue)) handOutWholeGroups(queue);
      if (queue) patched.add(queue);
      return {
        url,
        arn: `arn:aws:sqs:${localRegion}:${localAccount}:${name}`,
      };
    },
    async close() {
      client.destroy();
      app.server.closeAllConnections();
      await app.close();
      persistence?.close();
    },
  };
}

/**
 * The emulator's own statement also empties the receive count, which its table forbids: a message whose
 * visibility timeout was set to 0 would be lost.
 */
function keepWhatIsGivenBack(persistence: Persistence): void {
  const ready = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => void ready.run(messageId);
}

/** The emulator refuses to change what makes a queue a FIFO queue of its kind. */
function changeableOf(attributes: Record<string, string>): Record<string, string> {
  const {
    FifoQueue: _fifo,
    DeduplicationScope: _scope,
    FifoThroughputLimit: _limit,
    ...changeable
  } = attributes;
  return changeable;
}
