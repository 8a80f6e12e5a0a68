import * as z from 'zod/mini';
import { tenancyEnvironment } from '../tenancy/environment.ts';

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const apiEnvironment = z.object({
  ...tenancyEnvironment,
  PLATFORM_CONVERSATIONS_TABLE: z.string(),
});
