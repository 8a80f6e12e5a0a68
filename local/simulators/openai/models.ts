import { Hono } from 'hono';
import type { SimulatorEnv } from '../faults.ts';
import type { World } from './model.ts';

const ids = ['gpt-5', 'gpt-5-mini', 'gpt-4.1', 'gpt-4.1-mini'];

/** `/models`: the list is short, and every model exists. */
export function modelRoutes({ requestLog }: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.get('/models', requestLog('models.list'), (c) =>
    c.json({ object: 'list', data: ids.map(shown), has_more: false }),
  );
  app.get('/models/:id', requestLog('models.retrieve'), (c) => c.json(shown(c.req.param('id'))));
  return app;
}

const shown = (id: string) => ({ id, object: 'model', created: 0, owned_by: 'simulator' });
