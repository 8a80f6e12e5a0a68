import { parentPort, workerData } from 'node:worker_threads';
import type { Store, StorePlace } from './store.ts';

/** Serves one kind of store, reports its port, and ends on request. */
const { kind, ...place } = workerData as StorePlace;
const store = await serve();

parentPort?.once('message', () => void store.close().then(() => process.exit()));
parentPort?.postMessage(store.endpoint);

async function serve(): Promise<Store> {
  switch (kind) {
    case 'objects':
      return (await import('./object-server.ts')).serveObjects(place);
    case 'queues':
      return (await import('./queue-server.ts')).serveQueues(place);
    case 'tables':
      return (await import('./table-server.ts')).serveTables(place);
    default:
      return kind satisfies never;
  }
}
