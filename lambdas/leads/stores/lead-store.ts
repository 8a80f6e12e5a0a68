import { type HistoryEntry, historyOnBegin, withEntry } from '../../shared/queue/outcome.ts';
import { exists, expr } from '../../shared/store/expression.ts';
import { ItemStore, type Written } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { leadView, type StoredInsight, type StoredLead } from '../work/lead.ts';
import { indexed, keys } from './keys.ts';

/** One lead and its insight: an item, changed by one conditional write at a time. */
export function leadStore(table: Table) {
  const leads = new ItemStore<StoredLead>(table, 'a lead');
  const insights = new ItemStore(table, 'an insight');

  const find = (tenantId: string, leadId: string): Promise<StoredLead | undefined> =>
    leads.get(keys.lead(tenantId, leadId));

  return {
    find,

    /** Stores the lead unless it is stored already. */
    async store(lead: StoredLead): Promise<void> {
      const { tenant_id, id, source, expires_at } = lead;
      await leads.create(keys.lead(tenant_id, id), {
        tenant_id,
        ...leadView(lead),
        expires_at,
        ...(source !== null && { by_source: indexed.by_source(tenant_id, source) }),
      });
    },

    /** Makes the insight the lead's, as the next after the one that the lead has, unless another came first. */
    async setInsight(lead: StoredLead, insight: StoredInsight): Promise<Written<StoredLead>> {
      const { tenant_id, id, expires_at, insight: before } = lead;
      if (before) {
        // Written before it is replaced; where that then fails, readers pass over it.
        const key = keys.replaced(tenant_id, id, before.version);
        await insights.put(key, { insight: before, expires_at });
      }
      return leads.updateIf(keys.lead(tenant_id, id), {
        set: {
          insight,
          by_priority: indexed.by_priority(tenant_id, insight.priority),
          by_intent: indexed.by_intent(tenant_id, insight.intent),
        },
        if: before
          ? expr`insight.version = ${before.version}`
          : expr`${exists} AND attribute_not_exists(insight)`,
        mine: ['insight'],
      });
    },

    /** Records a try that failed; of two at the same moment one may be lost. */
    async setFailed(tenantId: string, leadId: string, entry: HistoryEntry): Promise<void> {
      const lead = await find(tenantId, leadId);
      const before = historyOnBegin(lead?.history, entry.at).history;
      await leads.updateIf(keys.lead(tenantId, leadId), {
        set: { history: withEntry(before, entry) },
        if: exists,
      });
    },

    /** Records that the insight was published. */
    async setPublished({ tenant_id, id }: StoredLead, version: number): Promise<void> {
      await leads.updateIf(keys.lead(tenant_id, id), {
        set: { announced_version: version },
        if: expr`${exists} AND (attribute_not_exists(announced_version) OR announced_version < ${version})`,
      });
    },
  };
}
export type LeadStore = ReturnType<typeof leadStore>;
