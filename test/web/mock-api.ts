import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { widgetFolder } from '../../lib/constructs/bundle-web.ts';
import type { WidgetConfig } from '../../web/widget/app/wire.ts';
import { append, type MockConversation, newConversation, setHandling } from './mock-log.ts';
import { streamRoutes } from './mock-streams.ts';
import { visitRoutes } from './mock-visits.ts';
import { bearer, type Faults, type MockWorld, problem } from './mock-world.ts';

const mockClientId = 're_pub_demo_mock';

interface MockOptions {
  answer?: (message: string) => string[];
  pieceMs?: number;
  config?: Partial<WidgetConfig>;
  /** Pages by their paths. */
  pages?: Record<string, (origin: string) => string>;
}

const words = (text: string) => text.match(/\S+\s*/g) ?? [text];
/** The API that the widget calls, in memory: as the contract says, with faults on demand. */
export async function startMockApi(options: MockOptions = {}) {
  const conversations = new Map<string, MockConversation>();
  const initiated = new Map<string, MockConversation>();
  const faults: Faults = { failing: 0, losing: 0, expired: new Set() };
  const requests: string[] = [];
  const app = new Hono();
  let url = '';

  const config = (): WidgetConfig => ({
    name: 'Shop',
    language: 'en',
    languages: ['en'],
    texts: {},
    colors: { accent: '#1f4b99', on_accent: '#ffffff' },
    identity_required: false,
    max_message_chars: 4_000,
    allowed_origins: [url.replace('localhost', '127.0.0.1')],
    streaming_url: url,
    starters: [{ text: 'Where is my order?' }],
    files: {
      mime_types: ['image/png', 'image/jpeg', 'application/pdf'],
      max_bytes: 1_000_000,
      max_count: 3,
    },
    ...options.config,
  });
  const session = (one: MockConversation) => ({
    conversation_id: one.conversation_id,
    channel_id: `webchat:${one.conversation_id}`,
    participant_id: `p-${one.conversation_id}`,
    token: one.token,
    token_expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    config: config(),
  });
  const world: MockWorld = {
    conversations,
    initiated,
    faults,
    pieceMs: options.pieceMs ?? 40,
    answer: options.answer ?? ((message) => words(`You wrote: **${message}**`)),
    url: () => url,
    config,
  };

  app.use(cors({ origin: '*', exposeHeaders: ['x-turn-id', 'retry-after'] }));
  app.use(async (c, next) => {
    if (c.req.path.startsWith('/widget/') || options.pages?.[c.req.path]) return next();
    requests.push(`${c.req.method} ${c.req.path}`);
    if (faults.failing > 0) {
      faults.failing -= 1;
      return problem(503, 'Failing');
    }
    if (faults.expired.has(bearer(c))) return problem(401, 'Expired');
    await next();
    if (faults.losing > 0 && c.req.method === 'POST') {
      faults.losing -= 1;
      c.res = problem(503, 'Lost');
    }
  });

  app.get('/conversations/info', (c) =>
    bearer(c) === mockClientId
      ? c.json({
          success: true,
          data: { customer_id: mockClientId, page_url: c.req.query('page_url'), config: config() },
        })
      : problem(401, 'Unknown client'),
  );
  app.post('/conversations/initiate', async (c) => {
    if (bearer(c) !== mockClientId) return problem(401, 'Unknown client');
    const key = c.req.header('idempotency-key') ?? randomUUID();
    const { visitor } = await c.req.json();
    const conversation = initiated.get(key) ?? newConversation();
    if (visitor?.user_id) conversation.subject = visitor.user_id;
    initiated.set(key, conversation);
    conversations.set(conversation.conversation_id, conversation);
    return c.json({ success: true, data: session(conversation) }, 201);
  });
  app.post('/conversations/resume', async (c) => {
    const { conversation_id, token, visitor } = await c.req.json();
    const found = visitor
      ? [...conversations.values()].findLast(
          (one) =>
            one.subject === visitor.user_id &&
            [undefined, one.conversation_id].includes(conversation_id),
        )
      : conversations.get(conversation_id);
    if (!found || (!visitor && found.token !== token)) return problem(404, 'No such conversation');
    if (faults.expired.has(found.token)) found.token = `re_vis_${randomUUID()}`;
    const { status, handling, messages } = found;
    return c.json({
      success: true,
      data: { ...session(found), status, handling, last_sequence: messages.length },
    });
  });

  app.get('/visitor/v1/webchat/faq', (c) =>
    c.json({
      success: true,
      data: [{ question: 'How long is delivery?', answer: 'Two to **four** days.' }],
    }),
  );

  visitRoutes(app, world);
  streamRoutes(app, world);
  app.get('/widget/*', (c) => widgetFile(c));
  for (const [place, page] of Object.entries(options.pages ?? {})) {
    app.get(place, (c) => c.html(page(url)));
  }

  const server = await new Promise<ReturnType<typeof serve>>((done) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () =>
      done(started),
    );
  });
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    /** Where the widget and the API are. */
    url,
    /** Where the page is: another origin. */
    pageUrl: url.replace('localhost', '127.0.0.1'),
    clientId: mockClientId,
    conversations,
    faults,
    config,
    requests,
    takeover: (one: MockConversation, name: string) => setHandling(one, 'person', name),
    handback: (one: MockConversation) => setHandling(one, 'automatic'),
    say: (one: MockConversation, text: string, name: string) =>
      append(one, { role: 'person', text, author: { id: 'key:demo', name } }),
    close: () =>
      new Promise<void>((done) => {
        if ('closeAllConnections' in server) server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
export type MockApi = Awaited<ReturnType<typeof startMockApi>>;

const types: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
};

function widgetFile(c: Context): Response {
  const name = path.posix.normalize(c.req.path.slice('/widget/'.length));
  if (name.startsWith('..')) return c.body(null, 404);
  try {
    const contents = readFileSync(path.join(projectRoot, widgetFolder, name));
    return c.body(new Uint8Array(contents), 200, {
      'content-type': types[path.extname(name)] ?? 'application/octet-stream',
    });
  } catch {
    return c.body(null, 404);
  }
}
