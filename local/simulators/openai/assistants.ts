import { Hono } from 'hono';
import type OpenAI from 'openai';
import * as z from 'zod';
import type { SimulatorEnv } from '../faults.ts';
import { notFound } from './errors.ts';
import { newId } from './ids.ts';
import type { World } from './model.ts';
import { metadata, parse, readJson } from './parse.ts';
import { seconds } from './schedule.ts';

type Assistant = OpenAI.Beta.Assistant;

const changes = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  instructions: z.string().nullish(),
  model: z.string().min(1).optional(),
  metadata: metadata.nullish(),
});

/** `/assistants`: every id that starts with `asst_` exists, so that none has to be made first. */
export function assistantRoutes(world: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const { requestLog } = world;

  app.post('/assistants', requestLog('assistants.create'), async (c) =>
    c.json(change(world, newId('asst_'), await readJson(c.req))),
  );

  app.get('/assistants/:id', requestLog('assistants.retrieve'), (c) =>
    c.json(assistantOf(world, c.req.param('id'))),
  );

  app.post('/assistants/:id', requestLog('assistants.update'), async (c) =>
    c.json(change(world, c.req.param('id'), await readJson(c.req))),
  );

  return app;
}

export function assistantOf(world: World, id: string): Assistant {
  if (!id.startsWith('asst_')) throw notFound(`No assistant found with id '${id}'.`);
  return (
    world.documents.get<Assistant>('assistants', id) ?? {
      id,
      object: 'assistant',
      created_at: 0,
      name: null,
      description: null,
      instructions: null,
      model: 'gpt-4.1-mini',
      metadata: {},
      tools: [],
    }
  );
}

function change(world: World, id: string, body: unknown): Assistant {
  const wanted = parse(changes, body);
  const before = assistantOf(world, id);
  const changed: Assistant = {
    ...before,
    created_at: before.created_at || seconds(world.now()),
    metadata: wanted.metadata ?? before.metadata,
    model: wanted.model ?? before.model,
    name: wanted.name ?? before.name,
    description: wanted.description ?? before.description,
    instructions: wanted.instructions ?? before.instructions,
  };
  world.documents.put('assistants', id, changed);
  return changed;
}
