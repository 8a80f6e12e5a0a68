import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FauxqsQueue } from './fifo-groups.ts';
import type { Store } from './store.ts';

/** Parts of fauxqs that its package does not export. Without them it listens on all interfaces or stores nothing. */
interface FauxqsParts {
  SqsStore: new () => SqsStore;
  SnsStore: new () => Record<string, unknown>;
  S3Store: new () => Record<string, unknown>;
  PersistenceManager: new (folder: string) => Persistence;
}

export type SqsStore = Record<string, unknown> & {
  allQueues(): Iterable<StoredQueue>;
  createQueue(...given: unknown[]): StoredQueue;
};

type StoredQueue = FauxqsQueue & { persistence?: Persistence };

export interface Persistence {
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

/** New stores of an emulator, and what keeps them in SQLite where a folder is given; they are not loaded yet. */
export async function newStores(folder: string | undefined) {
  const parts = await fauxqsParts();
  if (folder) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    stores: {
      sqsStore: new parts.SqsStore(),
      snsStore: new parts.SnsStore(),
      s3Store: new parts.S3Store(),
    },
    persistence: folder ? new parts.PersistenceManager(folder) : undefined,
  };
}

/** What is needed of the emulator's server. */
interface Listening {
  server: Server;
  listen(at: { port: number; host: string }): Promise<string>;
  close(): Promise<unknown>;
}

/** Serves the emulator on 127.0.0.1 until it is closed, and its stores with it. */
export async function listenHere(
  app: Listening,
  persistence: Persistence | undefined,
): Promise<Store> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      app.server.closeAllConnections();
      await app.close();
      persistence?.close();
    },
  };
}
