import type { FauxqsQueue } from './fifo-groups.ts';

/** Parts of fauxqs that its package does not export. Without them it listens on all interfaces or stores nothing. */
export interface FauxqsParts {
  SqsStore: new () => Record<string, unknown> & {
    allQueues(): Iterable<StoredQueue>;
    createQueue(...given: unknown[]): StoredQueue;
  };
  SnsStore: new () => Record<string, unknown>;
  S3Store: new () => Record<string, unknown>;
  PersistenceManager: new (folder: string) => Persistence;
}

type StoredQueue = FauxqsQueue & { persistence?: Persistence };

export interface Persistence {
  load(...stores: unknown[]): void;
  close(): void;
  updateMessageReady(messageId: string): void;
  db: { prepare(statement: string): { run(...values: string[]): unknown } };
}

export async function fauxqsParts(): Promise<FauxqsParts> {
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
