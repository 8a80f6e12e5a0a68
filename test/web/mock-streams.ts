import { randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { isOver, type MockConversation } from './mock-log.ts';
import { type MockWorld, problem, visited, type Written, write } from './mock-world.ts';

/** The streams of answers. */
export function streamRoutes(app: Hono, world: MockWorld): void {
  const { faults } = world;
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
    const found = visited(world, c, body.conversation_id);
    if (!found) return problem(404, 'No such conversation');
    if (body.message.includes('refuse me')) return problem(422, 'This message is refused');
    write(world, found, body);
    return found.handling === 'automatic'
      ? stream(c, found, 0)
      : stream(c, { ...found, turn: undefined } as MockConversation, 0);
  });
  app.get('/streaming/conversations/:id/stream', (c) => {
    const found = visited(world, c, c.req.param('id'));
    if (!found) return problem(404, 'No such conversation');
    const asked = c.req.query('turn_id');
    const after = Number(c.req.header('last-event-id') ?? 0);
    const { turn } = found;
    if (!turn || (asked && asked !== turn.turn_id) || (isOver(turn) && after >= turn.events.length))
      return c.body(null, 204);
    return stream(c, found, after);
  });
  app.post('/streaming/conversations/:id/stop', (c) => {
    const found = visited(world, c, c.req.param('id'));
    if (!found) return problem(404, 'No such conversation');
    const stopped = found.turn !== undefined && !isOver(found.turn);
    if (found.turn) found.turn.stopped = true;
    return c.json({ success: true, data: { stopped } });
  });
}
