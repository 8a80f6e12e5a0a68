import * as z from 'zod/mini';
import type { Fault } from '../shared/fault.ts';
import { enveloped, envelopedPage } from '../shared/http/envelope.ts';
import { parsed } from '../shared/http/faults.ts';
import { cursorOf, pageQuery } from '../shared/http/page.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { scopes, tag } from './scopes.ts';
import {
  anyClientEvent,
  type ClientEvent,
  clientEventLimits,
  clientEventNames,
  clientEventSchema,
  keptClientEvent,
} from './work/client-events.ts';

/** An event as it was sent: readable, or with all of its faults. */
type Sent = { event: ClientEvent } | { event_id: string | undefined; errors: Fault[] };

const batch = z.strictObject({
  events: z.array(z.unknown()).check(z.minLength(1), z.maxLength(clientEventLimits.events)),
});

/** Faults of one event do not refuse the others. */
function readBatch(value: unknown): { value: Sent[] } | { faults: Fault[] } {
  const result = parsed(batch, value);
  return 'faults' in result ? result : { value: result.value.events.map(readEvent) };
}

function readEvent(value: unknown): Sent {
  const { name, event_id } = Object(value) as { name?: unknown; event_id?: unknown };
  const schema = clientEventSchema(name) ?? z.object({ name: z.enum(clientEventNames) });
  const result = parsed<z.ZodMiniType>(schema, value);
  if ('value' in result) return { event: result.value as ClientEvent };
  const known = typeof event_id === 'string' && event_id.length <= 36 ? event_id : undefined;
  return { event_id: known, errors: result.faults };
}

const fault = z.object({ pointer: z.string(), detail: z.string() });

const shared = { tag, envelope: true, path: '/events' } as const;

export const clientEventRoutes = {
  record: {
    ...shared,
    operationId: 'recordClientEvents',
    method: 'POST',
    access: 'conversations:start',
    summary: 'Takes in what visitors do on a page; each event once by its event_id and occurred_at',
    body: z.strictObject({
      events: z.array(anyClientEvent).check(z.minLength(1), z.maxLength(clientEventLimits.events)),
    }),
    readBody: readBatch,
    maxBodyBytes: clientEventLimits.bodyBytes,
    success: {
      status: 202,
      what: 'How many are taken in, how many were before, and which are not, with the faults of each',
      schema: enveloped(
        z.object({
          accepted: z.int(),
          duplicates: z.int(),
          faults: z.array(
            z.object({
              index: z.int(),
              event_id: z.optional(z.string()),
              errors: z.array(fault),
            }),
          ),
        }),
      ),
    },
  },
  list: {
    ...shared,
    operationId: 'listClientEvents',
    method: 'GET',
    access: scopes.read,
    summary: 'What visitors did, newest first',
    query: z.object({
      name: z.optional(z.enum(clientEventNames)),
      sent_by: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
      from: z.optional(z.iso.datetime()),
      to: z.optional(z.iso.datetime()),
      ...pageQuery(50, cursorOf(/^[\dTZ:.-]{24}#[0-9a-f-]{36}$/)),
    }),
    success: {
      status: 200,
      what: 'A page of events; next_cursor is null on the last',
      schema: envelopedPage(keptClientEvent),
    },
  },
} as const satisfies Record<string, ApiRoute>;
