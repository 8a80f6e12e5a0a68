import { mkdirSync } from 'node:fs';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import dynalite from 'dynalite';
import { putBefore } from '../guard.ts';
import type { ServedStore, Store } from './store.ts';
import { signedBy } from './store-guard.ts';

/** An emulator of DynamoDB in this thread, stored in a folder where one is given. */
export async function serveTables({ folder, ...credentials }: ServedStore): Promise<Store> {
  if (folder) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const server = dynalite({ createTableMs: 0, ...(folder && { path: folder }) });
  const answered = workInProgress(server);
  putBefore(server, signedBy(credentials));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      await answered();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const settleMs = 10;

/** Resolves once every request so far is done: dynalite crashes when its database closes earlier. */
function workInProgress(server: Server): () => Promise<void> {
  let open = 0;
  server.prependListener('request', (_request, response: ServerResponse) => {
    open += 1;
    const end = response.end;
    response.end = ((...given: unknown[]) => {
      open -= 1;
      return Reflect.apply(end, response, given) as ServerResponse;
    }) as typeof response.end;
  });
  return async () => {
    do await sleep(settleMs);
    while (open > 0);
  };
}
