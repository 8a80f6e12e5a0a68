import * as z from 'zod/mini';
import { turnQueueEnvironment, turnsEnvironment } from '../agents/environment.ts';
import { conversationsEnvironment } from '../conversations/environment.ts';
import { tenancyEnvironment, visitorKeyEnvironment } from '../tenancy/environment.ts';

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const apiEnvironment = z.object({
  ...tenancyEnvironment,
  ...conversationsEnvironment,
  ...visitorKeyEnvironment,
  ...turnQueueEnvironment,
  WIDGET_URL: z.string(),
  STREAMING_URL: z.string(),
});

export const streamEnvironment = z.object({
  ...tenancyEnvironment,
  ...conversationsEnvironment,
  ...turnsEnvironment,
});
