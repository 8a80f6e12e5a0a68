import { isoTime } from '../shared/clock.ts';
import type { Fault } from '../shared/fault.ts';
import { succeeded, succeededPage } from '../shared/http/envelope.ts';
import type { Table } from '../shared/store/table.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import { clientEventRoutes } from './client-event-routes.ts';
import { clientEventStore } from './stores/client-event-store.ts';
import type { ClientEvent } from './work/client-events.ts';

const minuteMs = 60_000;
/** A visitor's clock goes wrong, and a visitor who was offline sends later what he did. */
const bounds = { aheadMs: 5 * minuteMs, behindMs: 7 * 24 * 60 * minuteMs };

/** Serves the routes of client events. */
export function serveClientEvents(serve: Serve, table: Table): void {
  const store = clientEventStore(table);

  serve(clientEventRoutes.record, async ({ body, caller: { tenant_id, principal } }) => {
    const judged = body.map((sent) =>
      'event' in sent ? withinTime(sent.event, table.clock.now()) : sent,
    );
    const events = judged.flatMap((one) => ('event' in one ? one.event : []));
    const once = [...new Map(events.map((event) => [event.event_id, event])).values()];
    const accepted = await store.record(tenant_id, once, principal);
    const faults = judged.flatMap((one, index) =>
      'event' in one
        ? []
        : {
            index,
            ...(one.event_id !== undefined && { event_id: one.event_id }),
            errors: one.errors,
          },
    );
    return { body: succeeded({ accepted, duplicates: events.length - accepted, faults }) };
  });

  serve(clientEventRoutes.list, async ({ query, caller }) => {
    const { cursor: after, limit, name, sent_by: sentBy, from, to } = query;
    const asked = { limit, after, name, sentBy, from: timeOf(from), to: timeOf(to) };
    const { items, next } = await store.list(caller.tenant_id, asked);
    return { body: succeededPage(items, next) };
  });
}

const timeOf = (time: string | undefined) => time && isoTime(Date.parse(time));

/** The event with its time in the one form in which it is kept, or why its time cannot be. */
function withinTime(
  event: ClientEvent,
  now: number,
): { event: ClientEvent } | { event_id: string; errors: Fault[] } {
  const occurredAt = Date.parse(event.occurred_at);
  const refused = (detail: string) => ({
    event_id: event.event_id,
    errors: [{ pointer: '#/occurred_at', detail }],
  });
  if (!(occurredAt <= now + bounds.aheadMs)) return refused('It is more than 5 minutes from now.');
  if (occurredAt < now - bounds.behindMs) return refused('It is more than 7 days ago.');
  return { event: { ...event, occurred_at: isoTime(occurredAt) } };
}
