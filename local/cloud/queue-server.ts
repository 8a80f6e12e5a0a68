import { buildApp } from 'fauxqs';
import { putBefore } from '../guard.ts';
import { listenHere, newStores, type Persistence, type SqsStore } from './fauxqs.ts';
import { receiveSeveralPerGroup } from './fifo-groups.ts';
import type { ServedStore, Store } from './store.ts';
import { signedBy } from './store-guard.ts';
import { localRegion } from './template.ts';

/** An emulator of SQS in this thread, stored in SQLite where a folder is given. */
export async function serveQueues({ folder, ...credentials }: ServedStore): Promise<Store> {
  const { stores, persistence } = await newStores(folder);
  if (persistence) {
    keepReceiveCounts(persistence);
    persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
    for (const store of Object.values(stores)) store['persistence'] = persistence;
    for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  }
  receiveSeveralPerGroupIn(stores.sqsStore);
  const app = buildApp({ logger: false, stores: stores as never, defaultRegion: localRegion });
  putBefore(app.server, signedBy(credentials));
  return listenHere(app, persistence);
}

/** Applies to the queues that exist and to those that will be created. */
function receiveSeveralPerGroupIn(store: SqsStore): void {
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
