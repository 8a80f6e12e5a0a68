import { createMiddleware } from 'hono/factory';
import type { SimulatorEnv } from './faults.ts';

const isHere = (host: string | undefined) => /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host ?? '');

/**
 * Middleware of a control door: refuses what a page of another site sends to this port, which has
 * another Origin, or by DNS rebinding another Host.
 */
export const onlyFromHere = createMiddleware<SimulatorEnv>(async (c, next) => {
  const origin = c.req.header('origin');
  if (isHere(c.req.header('host')) && (!origin || isHere(origin.replace(/^https?:\/\//, '')))) {
    return next();
  }
  return c.json(
    { message: 'Expected the Host, and the Origin if any, to be of this machine' },
    403,
  );
});
