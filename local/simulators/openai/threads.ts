import { Hono } from 'hono';
import type OpenAI from 'openai';
import * as z from 'zod';
import type { SimulatorEnv } from '../faults.ts';
import { invalid, notFound } from './errors.ts';
import { newId } from './ids.ts';
import type { World } from './model.ts';
import { page } from './pages.ts';
import { metadata, parse, readJson } from './parse.ts';
import { seconds } from './schedule.ts';
import { addMessage, messageInput, messagesOf } from './thread-messages.ts';
import { keepThread, openThread, type ThreadRecord } from './thread-record.ts';

const createBody = z.object({
  messages: z.array(messageInput).optional(),
  metadata: metadata.nullish(),
});
const updateBody = z.object({ metadata: metadata.nullish() });

/** `/threads` and their messages: the Assistants protocol, for servers that still have it. */
export function threadRoutes(world: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const { requestLog, documents } = world;

  app.post('/threads', requestLog('threads.create'), async (c) => {
    const body = parse(createBody, await readJson(c.req));
    const thread = {
      id: newId('thread_'),
      created_ms: world.now(),
      metadata: body.metadata ?? {},
      active: null,
    };
    for (const message of body.messages ?? []) addMessage(world, thread.id, message);
    keepThread(world, thread);
    return c.json(shown(thread));
  });

  app.get('/threads/:id', requestLog('threads.retrieve'), (c) =>
    c.json(shown(openThread(world, c.req.param('id')))),
  );

  app.post('/threads/:id', requestLog('threads.update'), async (c) => {
    const body = parse(updateBody, await readJson(c.req));
    const thread = openThread(world, c.req.param('id'));
    const updated = { ...thread, metadata: body.metadata ?? thread.metadata };
    keepThread(world, updated);
    return c.json(shown(updated));
  });

  app.delete('/threads/:id', requestLog('threads.delete'), (c) => {
    const { id } = openThread(world, c.req.param('id'));
    for (const message of messagesOf(world, id)) documents.delete('messages', message.id);
    documents.delete('threads', id);
    return c.json({ id, object: 'thread.deleted', deleted: true });
  });

  return app.route('/', messageRoutes(world));
}

function messageRoutes(world: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const { requestLog } = world;

  app.post('/threads/:id/messages', requestLog('threads.messages.create'), async (c) => {
    const body = parse(messageInput, await readJson(c.req));
    const { id, active } = openThread(world, c.req.param('id'));
    if (active) throw invalid(`Can't add messages to ${id} while a run ${active} is active.`);
    return c.json(addMessage(world, id, body));
  });

  app.get('/threads/:id/messages', requestLog('threads.messages.list'), (c) => {
    const { id } = openThread(world, c.req.param('id'));
    const { run_id: runId, ...query } = c.req.query();
    const messages = messagesOf(world, id).filter(({ run_id }) => !runId || run_id === runId);
    return c.json(page(messages, query));
  });

  app.get('/threads/:id/messages/:message', requestLog('threads.messages.retrieve'), (c) => {
    const { id } = openThread(world, c.req.param('id'));
    const wanted = c.req.param('message');
    const message = messagesOf(world, id).find((one) => one.id === wanted);
    if (!message) throw notFound(`No message found with id '${wanted}'.`);
    return c.json(message);
  });

  return app;
}

const shown = ({ id, created_ms, metadata: pairs }: ThreadRecord) =>
  ({
    id,
    object: 'thread',
    created_at: seconds(created_ms),
    metadata: pairs,
    tool_resources: {},
  }) satisfies OpenAI.Beta.Thread;
