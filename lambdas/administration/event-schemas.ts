import * as z from 'zod/mini';
import { eventData } from '../conversations/messages.ts';
import type { ProductEventType } from '../events/messages.ts';
import { insight } from '../leads/messages.ts';

/** The data of each event that a company can receive. */
const data: Readonly<Record<ProductEventType, z.ZodMiniType>> = {
  'insight.created': insight,
  ...eventData,
};

/** What a company's endpoint receives, by the types of events. */
export const eventSchemas: readonly (readonly [type: string, body: z.ZodMiniType])[] =
  Object.entries(data).map(([type, ofType]) => [
    type,
    z.object({ type: z.literal(type), timestamp: z.iso.datetime(), data: ofType }),
  ]);
