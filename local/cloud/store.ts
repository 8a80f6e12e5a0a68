import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { localCredentials } from './credentials.ts';

/** A server of a data store, such as DynamoDB's. */
export interface Store {
  /** On 127.0.0.1. */
  endpoint: string;
  /** Ends it once all requests so far are done. */
  close(): Promise<void>;
}

export type StoreKind = 'objects' | 'queues' | 'tables';

/** Where a store is, and whose requests it accepts. */
export interface StorePlace {
  kind: StoreKind;
  folder: string | undefined;
  /** Passed on, as each thread would generate its own. */
  accessKeyId: string;
  /** By which the store of objects checks what a browser sends. */
  secretAccessKey: string;
}

/** What the thread of a store serves. */
export type ServedStore = Omit<StorePlace, 'kind'>;

/** Starts an emulator in a thread of its own, as emulators do most of the work of a local cloud. Rejects when it cannot start. */
export async function startStore(kind: StoreKind, folder: string | undefined): Promise<Store> {
  const worker = new Worker(new URL('./store-thread.ts', import.meta.url), {
    workerData: { kind, folder, ...localCredentials } satisfies StorePlace,
    execArgv: ['--no-warnings'],
  });
  const [endpoint] = (await once(worker, 'message')) as [string];
  return {
    endpoint,
    async close() {
      const ended = once(worker, 'exit');
      worker.postMessage('close');
      await ended;
    },
  };
}
