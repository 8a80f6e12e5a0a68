import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { keys, partition, usagePrefix } from '../../tenancy/stores/keys.ts';

export interface DayOfUsage {
  date: string;
  requests: number;
  replies: number;
  emails: number;
  leads: number;
  lead_model_calls: number;
}

export interface UsageReader {
  /** The days from the first to the last, both included, that have any usage. */
  days(tenantId: string, from: string, to: string): Promise<DayOfUsage[]>;
}

export const usageReader = (table: Table): UsageReader => ({
  async days(tenantId, from, to) {
    const items = await new ItemStore(table, 'the usage').all({
      pk: partition(tenantId),
      between: [keys.usage(tenantId, from).sk, keys.usage(tenantId, to).sk],
    });
    return items.map((item) => ({
      date: String(item['sk']).slice(usagePrefix.length),
      requests: Number(item['requests'] ?? 0),
      replies: Number(item['replies'] ?? 0),
      emails: Number(item['emails'] ?? 0),
      leads: Number(item['leads'] ?? 0),
      lead_model_calls: Number(item['lead_model_calls'] ?? 0),
    }));
  },
});
