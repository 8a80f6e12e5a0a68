import { randomUUID } from 'node:crypto';
import { isoTime } from '../../shared/clock.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore, type Page } from '../../shared/store/item-store.ts';
import type { Key, Table } from '../../shared/store/table.ts';
import {
  type ClientEvent,
  clientEventLimits,
  type KeptClientEvent,
} from '../work/client-events.ts';
import { allOf, filteredPage } from './filtered-page.ts';

type EventItem = Key & Omit<KeptClientEvent, 'properties'> & { properties: string };

interface EventQuery {
  limit: number;
  after?: string | undefined;
  name?: string | undefined;
  sentBy?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const atOnce = 10;

/** What visitors did, each event once by its id and its time. */
export function clientEventStore(table: Table) {
  const items = new ItemStore<EventItem>(table, 'a client event');
  const pk = (tenantId: string) => `TENANT#${tenantId}#CLIENT-EVENTS`;

  return {
    /** How many of the events, no two of the same id, were not known. May be repeated after it has failed. */
    async record(
      tenantId: string,
      events: readonly ClientEvent[],
      sent_by: string,
    ): Promise<number> {
      const [received_at, receipt] = [isoTime(table.clock.now()), randomUUID()];
      let accepted = 0;
      await inParallel(events, atOnce, async ({ properties, ...event }) => {
        const { written } = await items.create(
          { pk: pk(tenantId), sk: `${event.occurred_at}#${event.event_id}` },
          { ...event, properties: JSON.stringify(properties), received_at, sent_by, receipt },
          { retentionDays: clientEventLimits.retentionDays, mine: ['receipt'] },
        );
        if (written) accepted += 1;
      });
      return accepted;
    },

    async list(
      tenantId: string,
      { limit, after, name, sentBy, from = '0', to = '9' }: EventQuery,
    ): Promise<Page<KeptClientEvent>> {
      const last = `${to}~`;
      // DynamoDB refuses a range that ends before it begins, and a start outside its range.
      if (from > last || (after !== undefined && after < from))
        return { items: [], next: undefined };
      const start = after !== undefined && after < last ? after : undefined;
      const range = { pk: pk(tenantId), between: [from, last] as const };
      const filter = allOf([
        name !== undefined && expr`name = ${name}`,
        sentBy !== undefined && expr`sent_by = ${sentBy}`,
      ]);
      const page = await filteredPage(items, range, { limit, after: start, filter });
      return { items: page.items.map(eventOf), next: page.next };
    },
  };
}

const eventOf = ({ properties, ...item }: EventItem): KeptClientEvent => ({
  event_id: item.event_id,
  name: item.name,
  occurred_at: item.occurred_at,
  ...(item.page_url !== undefined && { page_url: item.page_url }),
  properties: JSON.parse(properties),
  received_at: item.received_at,
  sent_by: item.sent_by,
});
