import { randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { isOver, type MockConversation, setHandling } from './mock-log.ts';
import { type MockWorld, problem, visited, type Written, write } from './mock-world.ts';

/** What a visitor does in a conversation. */
export function visitRoutes(app: Hono, world: MockWorld): void {
  const { conversations, url } = world;
  app.post('/visitor/v1/webchat/message', async (c) => {
    const body = await c.req.json<Written>();
    const found = visited(world, c, body.conversation_id);
    if (!found) return problem(404, 'No such conversation');
    if (body.message.includes('refuse me')) return problem(422, 'This message is refused');
    const running = found.turn && !isOver(found.turn);
    const message = write(world, found, body);
    return c.json(
      {
        success: true,
        data: {
          conversation_id: found.conversation_id,
          message,
          turn_id: running ? undefined : found.turn?.turn_id,
        },
      },
      202,
    );
  });
  const inConversation =
    (
      handle: (one: MockConversation, body: Record<string, never>, c: Context) => unknown,
      status: 200 | 201 = 200,
    ) =>
    async (c: Context) => {
      const found = visited(world, c, c.req.param('id'));
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
          url: `${url()}/upload/${one.conversation_id}/${file_id}`,
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
        url: `${url()}/download/${one.conversation_id}/${file_id}`,
      };
    }),
  );
  app.get('/download/:conversation/:file', (c) => {
    const file = conversations.get(c.req.param('conversation'))?.files.get(c.req.param('file'));
    return file?.bytes
      ? c.body(new Uint8Array(file.bytes), 200, { 'content-type': file.mime_type })
      : c.notFound();
  });
}
