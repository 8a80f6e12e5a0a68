import { Hono } from 'hono';
import { Documents } from '../documents.ts';
import type { SimulatorEnv } from '../faults.ts';
import { type RunningServer, serveLocally } from '../server.ts';
import { mailboxRoutes } from './api.ts';
import type { Box } from './box.ts';
import { Boxes } from './boxes.ts';
import { controlRoutes, urlsOf } from './control.ts';
import { alwaysFresh, byId } from './routes.ts';
import type { RunOrder } from './run-order.ts';

export interface MailboxSimulatorOptions {
  /** Of every box that is not given its own. */
  apiKey: string;
  port?: number;
  /** Where boxes and posts are kept over restarts; in memory without one. */
  file?: string;
  /** Epoch ms with microseconds in the fraction. */
  now?: () => number;
}

/** A box, and where it is. */
export interface LoadedRun {
  id: string;
  emailsUrl: string;
  respondUrl: string;
  box: Box;
}

export interface MailboxSimulator extends RunningServer {
  /** A mailbox whose every fetch is a new run, `fresh-1` and on: of sample emails, or of `next`. */
  readonly fresh: { emailsUrl: string; respondUrl: string };
  /** What the next fetch of `fresh` serves in place of sample emails. */
  next(order: RunOrder): void;
  /** Loads a run into a new box, or into the one named, which is emptied first. */
  load(order?: RunOrder): LoadedRun;
  run(id: string): LoadedRun | undefined;
  /** In the order in which they were first loaded. */
  runs(): LoadedRun[];
}

/** Milliseconds since the epoch that never go back, good to a microsecond. */
export const preciseNow = () => performance.timeOrigin + performance.now();

/** Starts a mailbox on 127.0.0.1 that serves emails, and takes and records the replies. */
export async function startMailboxSimulator(
  options: MailboxSimulatorOptions,
): Promise<MailboxSimulator> {
  const { apiKey, now = preciseNow } = options;
  const orders: RunOrder[] = [];
  const next = (order: RunOrder) => void orders.push(order);
  const documents = new Documents(options.file);
  const boxes = new Boxes(documents, apiKey, now);
  const closing = new AbortController();
  let url = '';

  const parts = { now, closing: closing.signal };
  const app = new Hono<SimulatorEnv>();
  app.notFound((c) => c.json({ error: `There is nothing at ${c.req.path}` }, 404));
  app.route('/box/:id', mailboxRoutes(byId(boxes), parts));
  const fresh = alwaysFresh(boxes, apiKey, () => orders.shift() ?? {});
  app.route('/fresh', mailboxRoutes(fresh, parts));
  app.route(
    '/_control',
    controlRoutes(boxes, () => url, next),
  );
  const server = await serveLocally(app, options.port);
  url = server.url;

  const located = (box: Box): LoadedRun => {
    const { emails_url, respond_url } = urlsOf(url, box.id);
    return { id: box.id, emailsUrl: emails_url, respondUrl: respond_url, box };
  };
  const found = (box: Box | undefined) => box && located(box);
  return {
    url,
    fresh: { emailsUrl: `${url}/fresh/emails`, respondUrl: `${url}/fresh/respond` },
    next,
    load: (order = {}) => located(boxes.load(order)),
    run: (id) => found(boxes.get(id)),
    runs: () => boxes.all().map(located),
    close: async () => {
      closing.abort();
      await server.close();
      documents.close();
    },
  };
}
