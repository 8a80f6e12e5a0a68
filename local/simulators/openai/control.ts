import { Hono } from 'hono';
import * as z from 'zod';
import { modelFaultOf } from '../control-requests.ts';
import type { Faults, SimulatorEnv } from '../faults.ts';
import { invalid } from './errors.ts';
import { parse, readJson } from './parse.ts';

const fault = modelFaultOf(z.string());

/** The operation of the model itself, which answers a response or run; the other operations are calls. */
export const modelOperation = 'model';

/** `/_sim/faults`: another process requests a fault (POST), or removes all faults (DELETE). */
export function controlRoutes(faults: Faults, operations: Set<string>): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();

  app.post('/_sim/faults', async (c) => {
    const wanted = parse(fault, await readJson(c.req));
    if (!operations.has(wanted.operation)) {
      throw invalid(
        `Invalid value for 'operation': expected one of ${[...operations].sort().join(', ')}, but got '${wanted.operation}'.`,
        { code: 'invalid_value', param: 'operation' },
      );
    }
    if ((wanted.operation === modelOperation) !== (wanted.effect.kind === 'sim')) {
      const message = `The effect 'sim' is one of the operation '${modelOperation}', and its only one.`;
      throw invalid(message, { code: 'invalid_value', param: 'effect.kind' });
    }
    faults.add(wanted);
    return c.body(null, 204);
  });

  app.delete('/_sim/faults', (c) => {
    faults.clear();
    return c.body(null, 204);
  });

  return app;
}
