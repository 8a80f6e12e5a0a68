import { Hono } from 'hono';
import { serveLocally } from '../../local/simulators/server.ts';

/** An origin at which nobody listens. */
export async function nobodyHere(): Promise<string> {
  const server = await serveLocally(new Hono());
  await server.close();
  return server.url;
}
