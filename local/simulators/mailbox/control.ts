import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { faultOf, jsonText } from '../control-requests.ts';
import type { SimulatorEnv } from '../faults.ts';
import type { Box } from './box.ts';
import type { Boxes } from './boxes.ts';
import { chances, operations } from './fault-injection.ts';
import { type RunOrder, runOrder } from './run-order.ts';

/** The API of a box under this origin. */
export const urlsOf = (origin: string, id: string) => ({
  emails_url: `${origin}/box/${id}/emails`,
  respond_url: `${origin}/box/${id}/respond`,
});

const fault = faultOf(z.enum(operations));

const bodyOf = async (c: Context) => jsonText.parse(await c.req.text());

/** For other processes: loads runs, injects faults, and gives the record of a run. */
export function controlRoutes(
  boxes: Boxes,
  origin: () => string,
  serveNext: (order: RunOrder) => void,
): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const shown = ({ id }: Box) => ({ id, ...urlsOf(origin(), id) });
  app.onError((error, c) =>
    error instanceof z.ZodError
      ? c.json({ error: z.prettifyError(error) }, 400)
      : c.json({ error: error.message }, 500),
  );

  app.post('/runs', async (c) => {
    const order = runOrder.parse(await bodyOf(c));
    return c.json(shown(boxes.load(order)), 201);
  });
  app.get('/runs', (c) => c.json({ runs: boxes.all().map(shown) }));
  app.route('/runs/:id', runRoutes(boxes));
  app.post('/next', async (c) => {
    serveNext(runOrder.parse(await bodyOf(c)));
    return c.body(null, 204);
  });
  return app;
}

function runRoutes(boxes: Boxes): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const withBox = (
    answer: (box: Box, c: Context<SimulatorEnv>) => Response | Promise<Response>,
  ) => {
    return (c: Context<SimulatorEnv>) => {
      const id = c.req.param('id') ?? '';
      const box = boxes.get(id);
      return box ? answer(box, c) : c.json({ error: `There is no run ${id}` }, 404);
    };
  };

  app.get(
    '/record',
    withBox((box, c) => c.json(box.record())),
  );
  app.put(
    '/chances',
    withBox(async (box, c) => {
      box.setChances(chances.parse(await bodyOf(c)));
      return c.body(null, 204);
    }),
  );
  app.post(
    '/faults',
    withBox(async (box, c) => {
      box.faultInjection.faults.add(fault.parse(await bodyOf(c)));
      return c.body(null, 204);
    }),
  );
  return app;
}
