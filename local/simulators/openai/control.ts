import { Hono } from 'hono';
import * as z from 'zod';
import type { Faults, SimulatorEnv } from '../faults.ts';
import { invalid } from './errors.ts';
import { parse, readJson } from './parse.ts';

const maxDelayMs = 600_000;
const maxTimes = 10_000;

const effect = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('respond'),
    status: z.number().int().min(200).max(599),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.object({ kind: z.literal('lose') }),
  z.object({ kind: z.literal('delay'), ms: z.number().min(0).max(maxDelayMs) }),
]);

const fault = z.strictObject({
  operation: z.string(),
  effect,
  times: z.number().int().min(1).max(maxTimes).optional(),
});

/** `/_sim/faults`: asks for faults from another process, and takes all of them back. */
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
    faults.add(wanted);
    return c.body(null, 204);
  });

  app.delete('/_sim/faults', (c) => {
    faults.clear();
    return c.body(null, 204);
  });

  return app;
}
