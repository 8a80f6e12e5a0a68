import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { fromHere, type Guard, putBefore } from '../guard.ts';
import type { SimulatorEnv } from './faults.ts';

export interface RunningServer {
  /** Origin without a trailing slash, such as `http://127.0.0.1:53211`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves an app on 127.0.0.1, to this machine alone unless another guard is given; port 0 takes any free one.
 * `close` cuts open connections.
 */
export async function serveLocally(
  app: Hono<SimulatorEnv>,
  port = 0,
  guard: Guard = fromHere,
): Promise<RunningServer> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  putBefore(server, guard);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
