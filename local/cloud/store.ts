import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { localCredentials } from './credentials.ts';

/** A server that keeps what the functions write. */
export interface Store {
  /** On 127.0.0.1. */
  endpoint: string;
  /** Ends it once all that it was asked for is done. */
  close(): Promise<void>;
}

export type StoreKind = 'queues' | 'tables';

/** Where a store is to be, and whom it serves. */
export interface StorePlace {
  kind: StoreKind;
  folder: string | undefined;
  /** Handed over: a thread of its own would make up another. */
  accessKeyId: string;
}

/** What the thread of a store serves. */
export type ServedStore = Omit<StorePlace, 'kind'>;

/** Starts an emulator in a thread of its own: most of the work of a local cloud is theirs. Rejects with why it cannot. */
export async function startStore(kind: StoreKind, folder: string | undefined): Promise<Store> {
  const worker = new Worker(new URL('./store-thread.ts', import.meta.url), {
    workerData: { kind, folder, accessKeyId: localCredentials.accessKeyId } satisfies StorePlace,
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
