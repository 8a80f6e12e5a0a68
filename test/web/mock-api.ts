import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { streamSSE } from 'hono/streaming';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { widgetFolder } from '../../lib/constructs/bundle-web.ts';
import type { WidgetConfig } from '../../web/widget/app/wire.ts';
import {
  append,
  isOver,
  type MockConversation,
  newConversation,
  runTurn,
  setHandling,
} from './mock-log.ts';

export const mockClientId = 're_pub_demo_mock';

/** Faults that are switched on and off. */
interface Faults {
  /** Streams end after that many events, each time. */
  cutAfter?: number;
  /** That many requests are answered 503, after or before they have taken effect. */
  failing: number;
  losing: number;
  /** Tokens are refused until they are renewed. */
  expired: Set<string>;
}

interface MockOptions {
  answer?: (message: string) => string[];
  pieceMs?: number;
  config?: Partial<WidgetConfig>;
  /** Pages by their paths. */
  pages?: Record<string, (origin: string) => string>;
}

const words = (text: string) => text.match(/\S+\s*/g) ?? [text];
const problem = (status: number, detail: string) =>
  Response.json({ success: false, type: 'mock', title: 'Mock', status, detail }, { status });

/** The API that the widget calls, in memory: as the contract says, with faults on demand. */
export async function startMockApi(options: MockOptions = {}) {
  const conversations = new Map<string, MockConversation>();
  const initiated = new Map<string, MockConversation>();
  const faults: Faults = { failing: 0, losing: 0, expired: new Set() };
  const requests: string[] = [];
  const app = new Hono();
  let url = '';
  const pieceMs = options.pieceMs ?? 40;
  const answer = options.answer ?? ((message) => words(`You wrote: **${message}**`));

  const config = (): WidgetConfig => ({
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
  const bearer = (c: Context) => c.req.header('authorization')?.replace('Bearer ', '') ?? '';
  const visited = (c: Context, id: string | undefined) => {
    const found = conversations.get(id ?? '');
    return found && found.token === bearer(c) ? found : undefined;
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
  app.post('/conversations/initiate', (c) => {
    if (bearer(c) !== mockClientId) return problem(401, 'Unknown client');
    const key = c.req.header('idempotency-key') ?? randomUUID();
    const conversation = initiated.get(key) ?? newConversation();
    initiated.set(key, conversation);
    conversations.set(conversation.conversation_id, conversation);
    return c.json({ success: true, data: session(conversation) }, 201);
  });
  app.post('/conversations/resume', async (c) => {
    const { conversation_id, token } = await c.req.json();
    const found = conversations.get(conversation_id);
    if (!found || found.token !== token) return problem(404, 'No such conversation');
    if (faults.expired.has(found.token)) found.token = `re_vis_${randomUUID()}`;
    const { status, handling, messages } = found;
    return c.json({
      success: true,
      data: { ...session(found), status, handling, last_sequence: messages.length },
    });
  });

  interface Written {
    conversation_id: string;
    message: string;
    client_id: string;
    file_ids?: string[];
  }
  function write(one: MockConversation, { message, client_id, file_ids = [] }: Written) {
    const known = one.messages.some((there) => there.client_id === client_id);
    const files = file_ids.flatMap((id) => {
      const { file_id, filename, mime_type, size } = one.files.get(id) ?? {};
      return file_id && filename && mime_type && size ? { file_id, filename, mime_type, size } : [];
    });
    const written = append(one, {
      role: 'user',
      text: message,
      client_id,
      message_id: client_id,
      files,
    });
    const busy = one.turn && !isOver(one.turn);
    if (!known && !busy && one.handling === 'automatic')
      void runTurn(one, answer(message), pieceMs);
    return written;
  }
  app.post('/visitor/v1/webchat/message', async (c) => {
    const body = await c.req.json<Written>();
    const found = visited(c, body.conversation_id);
    if (!found) return problem(404, 'No such conversation');
    if (body.message.includes('refuse me')) return problem(422, 'This message is refused');
    const message = write(found, body);
    return c.json(
      {
        success: true,
        data: { conversation_id: found.conversation_id, message, turn_id: found.turn?.turn_id },
      },
      202,
    );
  });
  app.get('/visitor/v1/webchat/faq', (c) =>
    c.json({
      success: true,
      data: { items: [{ question: 'How long is delivery?', answer: 'Two to **four** days.' }] },
    }),
  );

  const stream = (c: Context, one: MockConversation, after: number) => {
    const { turn } = one;
    if (turn) c.header('x-turn-id', turn.turn_id);
    return streamSSE(c, async (sse) => {
      await sse.write('retry: 200\n\n');
      if (!turn) {
        const data = {
          event: 'complete',
          value: '',
          outcome: 'withheld',
          sequence: 1,
          turn_id: randomUUID(),
        };
        return sse.writeSSE({ id: '1', data: JSON.stringify(data) });
      }
      let sent = 0;
      for (let next = after; ; next += 1) {
        while (!turn.events[next]) {
          if (isOver(turn) || sse.aborted) return;
          await new Promise<void>((wake) => {
            const reader = () => {
              turn.readers.delete(reader);
              wake();
            };
            turn.readers.add(reader);
            sse.onAbort(reader);
          });
        }
        if (faults.cutAfter !== undefined && sent >= faults.cutAfter) return;
        await sse.writeSSE({ id: String(next + 1), data: JSON.stringify(turn.events[next]) });
        sent += 1;
      }
    });
  };
  app.post('/streaming/conversations/actions', async (c) => {
    const body = await c.req.json<Written>();
    const found = visited(c, body.conversation_id);
    if (!found) return problem(404, 'No such conversation');
    if (body.message.includes('refuse me')) return problem(422, 'This message is refused');
    write(found, body);
    return found.handling === 'automatic'
      ? stream(c, found, 0)
      : stream(c, { ...found, turn: undefined } as MockConversation, 0);
  });
  app.get('/streaming/conversations/:id/stream', (c) => {
    const found = visited(c, c.req.param('id'));
    if (!found) return problem(404, 'No such conversation');
    const asked = c.req.query('turn_id');
    const after = Number(c.req.header('last-event-id') ?? 0);
    const { turn } = found;
    if (!turn || (asked && asked !== turn.turn_id) || (isOver(turn) && after >= turn.events.length))
      return c.body(null, 204);
    return stream(c, found, after);
  });
  app.post('/streaming/conversations/:id/stop', (c) => {
    const found = visited(c, c.req.param('id'));
    if (!found) return problem(404, 'No such conversation');
    const stopped = found.turn !== undefined && !isOver(found.turn);
    if (found.turn) found.turn.stopped = true;
    return c.json({ success: true, data: { stopped } });
  });

  const inConversation =
    (
      handle: (one: MockConversation, body: Record<string, never>, c: Context) => unknown,
      status: 200 | 201 = 200,
    ) =>
    async (c: Context) => {
      const found = visited(c, c.req.param('id'));
      if (!found) return problem(404, 'No such conversation');
      const body = c.req.method === 'POST' ? await c.req.json() : {};
      return c.json({ success: true, data: handle(found, body, c) as never }, status);
    };
  app.get(
    '/conversations/:id/messages',
    inConversation((one, _, c) => {
      const after = Number(c.req.query('after') ?? 0);
      const limit = Number(c.req.query('limit') ?? 50);
      const { status, handling, messages } = one;
      return {
        messages: messages.slice(after, after + limit),
        last_sequence: messages.length,
        status,
        handling,
      };
    }),
  );
  app.post(
    '/conversations/:id/handover',
    inConversation((one) => {
      setHandling(one, 'waiting');
      return { handling: one.handling };
    }),
  );
  app.post(
    '/conversations/:id/feedback',
    inConversation((one, body) => {
      one.feedback.push(body);
      return body;
    }),
  );
  app.post(
    '/conversations/:id/files',
    inConversation((one, body: { filename?: string; mime_type?: string; size?: number }) => {
      const file_id = randomUUID();
      const { filename = '', mime_type = '', size = 0 } = body;
      one.files.set(file_id, { file_id, filename, mime_type, size, complete: false });
      return {
        file_id,
        upload: {
          url: `${url}/upload/${one.conversation_id}/${file_id}`,
          fields: { key: file_id },
        },
      };
    }, 201),
  );
  app.post('/upload/:conversation/:file', async (c) => {
    const { file } = await c.req.parseBody();
    const there = conversations.get(c.req.param('conversation'))?.files.get(c.req.param('file'));
    if (!there || !(file instanceof File)) return problem(403, 'Not allowed');
    there.bytes = Buffer.from(await file.arrayBuffer());
    return c.body(null, 204);
  });
  app.post(
    '/conversations/:id/files/:file/complete',
    inConversation((one, _, c) => {
      const { file_id, filename, mime_type, size } = one.files.get(c.req.param('file') ?? '') ?? {};
      return { file_id, filename, mime_type, size };
    }),
  );
  app.get(
    '/conversations/:id/files/:file',
    inConversation((one, _, c) => {
      const { file_id, filename, mime_type, size } = one.files.get(c.req.param('file') ?? '') ?? {};
      return {
        file_id,
        filename,
        mime_type,
        size,
        url: `${url}/download/${one.conversation_id}/${file_id}`,
      };
    }),
  );
  app.get('/download/:conversation/:file', (c) => {
    const file = conversations.get(c.req.param('conversation'))?.files.get(c.req.param('file'));
    return file?.bytes
      ? c.body(new Uint8Array(file.bytes), 200, { 'content-type': file.mime_type })
      : c.notFound();
  });
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
