import type { Pauses } from '../../shared/store/batches.ts';
import { ItemStore, type Page } from '../../shared/store/item-store.ts';
import type { Key, Table } from '../../shared/store/table.ts';
import type { indexNames } from '../limits.ts';
import type { Intent, Priority } from '../work/insight.ts';
import type { StoredInsight, StoredLead } from '../work/lead.ts';
import { indexed, keys, leadPrefix, leadsOf, replacedPrefix } from './keys.ts';

/** Which leads are wanted; what is left out does not matter. */
export interface LeadFilter {
  priority?: Priority | undefined;
  intent?: Intent | undefined;
  source?: string | undefined;
}

/** A page ends after so many entries of the narrowest index were read, though fewer leads were wanted of them. */
const maxExamined = 1_000;
/** So many entries of each index are read at once where several are wanted. */
const entriesAtOnce = 100;

/** A tenant's leads and the insights of one, newest first. */
export function leadLists(table: Table, pauses?: Pauses) {
  const stored = new ItemStore<StoredLead>(table, 'a lead', pauses);
  const entries = new ItemStore<Key>(table, 'a list of leads');
  const insights = new ItemStore<{ insight: StoredInsight }>(table, 'an insight');

  /** The ids of leads that an index has; without one, of all. */
  const leadIds = async (
    tenantId: string,
    index: Index | undefined,
    reading: { limit: number; after: string | undefined },
  ): Promise<Page<string>> => {
    const range = { pk: leadsOf(tenantId), prefix: leadPrefix, index };
    const { items, next } = await entries.page(range, {
      ...reading,
      newestFirst: true,
      only: ['sk'],
    });
    return { items: items.map(({ sk }) => sk.slice(leadPrefix.length)), next };
  };

  return {
    /** Reads the index that leads furthest with as many entries, and of the leads those that no other index rules out. */
    async leads(tenantId: string, filter: LeadFilter, limit: number, cursor?: string) {
      const indexes = indexesOf(tenantId, filter);
      const found: StoredLead[] = [];
      let [after, looked] = [cursor, 0];
      do {
        const reading = {
          limit: indexes.length > 1 ? entriesAtOnce : limit - found.length + 1,
          after,
        };
        const pages = await Promise.all(indexes.map((index) => leadIds(tenantId, index, reading)));
        const narrowest = pages.reduce((one, other) => (reachesFurther(other, one) ? other : one));
        looked += narrowest.items.length;
        after = narrowest.next;
        const ids = narrowest.items.filter((id) => pages.every((page) => mayHave(page, id)));
        for (const lead of await stored.batchGet(ids.map((id) => keys.lead(tenantId, id)))) {
          if (!fits(lead, filter)) continue;
          if (found.length === limit) return { items: found, next: found.at(-1)?.id };
          found.push(lead);
        }
      } while (after !== undefined && looked < maxExamined);
      return { items: found, ...(after !== undefined && { next: after }) };
    },

    /** The insights that the lead's own has replaced. */
    async replaced(
      { tenant_id, id }: StoredLead,
      before: number,
      limit: number,
    ): Promise<StoredInsight[]> {
      const { pk, sk } = keys.replaced(tenant_id, id, before - 1);
      const range = { pk, between: [replacedPrefix, sk] as const };
      const page = await insights.page(range, { limit, newestFirst: true, consistent: true });
      return page.items.map(({ insight }) => insight);
    },
  };
}
export type LeadLists = ReturnType<typeof leadLists>;

interface Index {
  name: (typeof indexNames)[number];
  value: string;
}

/** The indexes that have all leads that are wanted; undefined is the table itself. */
function indexesOf(
  tenantId: string,
  { priority, intent, source }: LeadFilter,
): [Index | undefined, ...Index[]] {
  const [first, ...others] = [
    priority && { name: 'by_priority', value: indexed.by_priority(tenantId, priority) },
    intent && { name: 'by_intent', value: indexed.by_intent(tenantId, intent) },
    source && { name: 'by_source', value: indexed.by_source(tenantId, source) },
  ].filter((index) => index !== undefined) as Index[];
  return [first, ...others];
}

/** Ids begin with the time, and every index has its own in the order of the ids, the latest first. */
const reachesFurther = (one: Page<string>, other: Page<string>): boolean =>
  other.next !== undefined && (one.next === undefined || one.next < other.next);

/** Whether an index has the lead, as far as its page tells. */
const mayHave = ({ items, next }: Page<string>, id: string): boolean =>
  items.includes(id) || (next !== undefined && id < next);

const fits = (lead: StoredLead, { priority, intent, source }: LeadFilter): boolean =>
  (priority === undefined || lead.insight?.priority === priority) &&
  (intent === undefined || lead.insight?.intent === intent) &&
  (source === undefined || lead.source === source);
