import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';
import { putBefore } from '../guard.ts';
import { type FauxqsParts, fauxqsParts, type Persistence } from './fauxqs.ts';
import { receiveSeveralPerGroup } from './fifo-groups.ts';
import type { ServedStore, Store } from './store.ts';
import { signedBy } from './store-guard.ts';
import { localRegion } from './template.ts';

/** An emulator of SQS in this thread, stored in SQLite where a folder is given. */
export async function serveQueues({ folder, ...credentials }: ServedStore): Promise<Store> {
  const parts = await fauxqsParts();
  const stores = {
    sqsStore: new parts.SqsStore(),
    snsStore: new parts.SnsStore(),
    s3Store: new parts.S3Store(),
  };
  if (folder) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const persistence = folder ? new parts.PersistenceManager(folder) : undefined;
  if (persistence) {
    keepReceiveCounts(persistence);
    persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
    for (const store of Object.values(stores)) store['persistence'] = persistence;
    for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  }
  receiveSeveralPerGroupIn(stores.sqsStore);
  const app = buildApp({ logger: false, stores: stores as never, defaultRegion: localRegion });
  putBefore(app.server, signedBy(credentials));
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

/** Applies to the queues that exist and to those that will be created. */
function receiveSeveralPerGroupIn(store: InstanceType<FauxqsParts['SqsStore']>): void {
  for (const queue of store.allQueues()) receiveSeveralPerGroup(queue);
  const createQueue = store.createQueue.bind(store);
  store.createQueue = (...given) => {
    const queue = createQueue(...given);
    receiveSeveralPerGroup(queue);
    return queue;
  };
}

/**
 * The emulator's own statement also empties the receive count, which its table forbids: a message whose
 * visibility timeout was set to 0 would be lost.
 */
function keepReceiveCounts(persistence: Persistence): void {
  const ready = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => void ready.run(messageId);
}
