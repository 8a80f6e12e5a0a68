import { Hono } from 'hono';
import type OpenAI from 'openai';
import * as z from 'zod';
import type { SimulatorEnv } from '../faults.ts';
import {
  addItems,
  type ConversationRecord,
  itemsOf,
  keepConversation,
  lockConversation,
  openConversation,
} from './conversation-record.ts';
import { notFound } from './errors.ts';
import { refuseUnknownFiles } from './files.ts';
import { newId } from './ids.ts';
import { inputItem, toItem } from './input-items.ts';
import type { Item } from './items.ts';
import type { World } from './model.ts';
import { listOf, page } from './pages.ts';
import { metadata, parse, readJson } from './parse.ts';
import { seconds } from './schedule.ts';

const maxItems = 20;
const items = z.array(inputItem).max(maxItems);
const createBody = z.object({ items: items.nullish(), metadata: metadata.nullish() });
const updateBody = z.object({ metadata: metadata.nullable() });
const addBody = z.object({ items });

/** `/conversations` and the items in them. */
export function conversationRoutes(world: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const { requestLog } = world;

  app.post('/conversations', requestLog('conversations.create'), async (c) => {
    const body = parse(createBody, await readJson(c.req));
    const seeded = accept(world, body.items ?? []);
    const conversation = {
      id: newId('conv_'),
      created_ms: world.now(),
      metadata: body.metadata ?? {},
      active: null,
    };
    keepConversation(world, conversation);
    addItems(world, conversation.id, seeded);
    return c.json(shown(conversation));
  });

  app.get('/conversations/:id', requestLog('conversations.retrieve'), (c) =>
    c.json(shown(openConversation(world, c.req.param('id')))),
  );

  app.post('/conversations/:id', requestLog('conversations.update'), async (c) => {
    const body = parse(updateBody, await readJson(c.req));
    const conversation = openConversation(world, c.req.param('id'));
    const updated = { ...conversation, metadata: body.metadata ?? {} };
    keepConversation(world, updated);
    return c.json(shown(updated));
  });

  app.delete('/conversations/:id', requestLog('conversations.delete'), (c) => {
    const { id } = openConversation(world, c.req.param('id'));
    for (const item of itemsOf(world, id)) world.documents.delete('items', item.id);
    world.documents.delete('conversations', id);
    return c.json({ id, object: 'conversation.deleted', deleted: true });
  });

  return app.route('/', itemRoutes(world));
}

function itemRoutes(world: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const { requestLog } = world;

  app.get('/conversations/:id/items', requestLog('conversations.items.list'), (c) => {
    const { id } = openConversation(world, c.req.param('id'));
    return c.json(page(itemsOf(world, id), c.req.query()));
  });

  app.post('/conversations/:id/items', requestLog('conversations.items.create'), async (c) => {
    const body = parse(addBody, await readJson(c.req));
    const { id } = lockConversation(world, c.req.param('id'));
    const added = accept(world, body.items);
    addItems(world, id, added);
    return c.json(listOf(added));
  });

  app.get('/conversations/:id/items/:item', requestLog('conversations.items.retrieve'), (c) => {
    const { id } = openConversation(world, c.req.param('id'));
    return c.json(itemIn(world, id, c.req.param('item')));
  });

  app.delete('/conversations/:id/items/:item', requestLog('conversations.items.delete'), (c) => {
    const conversation = lockConversation(world, c.req.param('id'));
    const item = itemIn(world, conversation.id, c.req.param('item'));
    world.documents.delete('items', item.id);
    return c.json(shown(conversation));
  });

  return app;
}

const shown = ({ id, created_ms, metadata: pairs }: ConversationRecord) =>
  ({
    id,
    object: 'conversation',
    created_at: seconds(created_ms),
    metadata: pairs,
  }) satisfies OpenAI.Conversations.Conversation;

function accept(world: World, inputs: z.infer<typeof items>): Item[] {
  const accepted = inputs.map(toItem);
  refuseUnknownFiles(world, accepted);
  return accepted;
}

function itemIn(world: World, conversationId: string, id: string): Item {
  const item = itemsOf(world, conversationId).find((one) => one.id === id);
  if (!item) throw notFound(`Item with id '${id}' not found in conversation '${conversationId}'.`);
  return item;
}
