import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Pauses, systemPauses, wholeBatch } from '../../shared/store/retry-unprocessed.ts';
import { isExpired, storeCall, type Table } from '../../shared/store/table.ts';
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

export interface Page<T> {
  items: T[];
  /** Where the next page begins; undefined on the last. */
  next?: string;
}

/** A page ends after so many entries of the narrowest index were read, though fewer leads were wanted of them. */
const mostLookedAt = 1_000;
const batchGets = 100;

/** A tenant's leads and the insights of one, newest first. */
export const leadLists = (table: Table, pauses: Pauses = systemPauses) => ({
  /** Reads the index that leads furthest with as many entries, and of the leads those that no other index rules out. */
  async leads(tenantId: string, filter: LeadFilter, limit: number, cursor?: string) {
    const indexes = indexesOf(tenantId, filter);
    const found: StoredLead[] = [];
    let [after, looked] = [cursor, 0];
    do {
      const from = {
        limit: indexes.length > 1 ? batchGets : limit - found.length + 1,
        ...(after !== undefined && { after }),
      };
      const pages = await Promise.all(
        indexes.map((index) => leadIds(table, tenantId, index, from)),
      );
      const narrowest = pages.reduce((one, other) => (reachesFurther(other, one) ? other : one));
      looked += narrowest.items.length;
      after = narrowest.next;
      const ids = narrowest.items.filter((id) => pages.every((page) => mayHave(page, id)));
      for (const lead of await leadsBy(table, tenantId, ids, pauses)) {
        if (!fits(lead, filter)) continue;
        if (found.length === limit) return { items: found, next: found.at(-1)?.id };
        found.push(lead);
      }
    } while (after !== undefined && looked < mostLookedAt);
    return { items: found, ...(after !== undefined && { next: after }) };
  },

  /** The insights that the lead's own has replaced. */
  async replaced(
    { tenant_id, id }: StoredLead,
    before: number,
    limit: number,
  ): Promise<StoredInsight[]> {
    const { Items: items = [] } = await storeCall('read insights', () =>
      table.client.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':pk': keys.replaced(tenant_id, id, 0).pk,
            ':first': replacedPrefix,
            ':last': keys.replaced(tenant_id, id, before - 1).sk,
          },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: limit,
        }),
      ),
    );
    return items.map((item) => item['insight'] as StoredInsight);
  },
});
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

async function leadIds(
  table: Table,
  tenantId: string,
  index: Index | undefined,
  { limit, after }: { limit: number; after?: string },
): Promise<Page<string>> {
  const from = after !== undefined && keys.lead(tenantId, after);
  const page = await storeCall('list leads', () =>
    table.client.send(
      new QueryCommand({
        TableName: table.name,
        ...(index && { IndexName: index.name }),
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': index ? index.name : 'pk' },
        ExpressionAttributeValues: { ':pk': index ? index.value : leadsOf(tenantId) },
        ProjectionExpression: 'sk',
        ScanIndexForward: false,
        Limit: limit,
        ...(from && {
          ExclusiveStartKey: { ...from, ...(index && { [index.name]: index.value }) },
        }),
      }),
    ),
  );
  const idOf = (sk: unknown): string => String(sk).slice(leadPrefix.length);
  const last: unknown = page.LastEvaluatedKey?.['sk'];
  return {
    items: (page.Items ?? []).map(({ sk }) => idOf(sk)),
    ...(last !== undefined && { next: idOf(last) }),
  };
}

/** In the order of the ids; without those that have expired. */
async function leadsBy(
  table: Table,
  tenantId: string,
  ids: string[],
  pauses: Pauses,
): Promise<StoredLead[]> {
  const found = new Map<string, StoredLead>();
  for (let at = 0; at < ids.length; at += batchGets) {
    const wanted = ids.slice(at, at + batchGets).map((id) => keys.lead(tenantId, id));
    for (const item of await batchGet(table, wanted, pauses)) {
      if (!isExpired(item, table.clock.now())) found.set(String(item['id']), item as never);
    }
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** How long reading a list may take that DynamoDB has no room for. */
const mostReadingMs = 5_000;

async function batchGet(
  table: Table,
  wanted: object[],
  pauses: Pauses,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  const read = async (left: object[]): Promise<object[]> => {
    const Keys = left as Record<string, unknown>[];
    const { Responses: found, UnprocessedKeys: undone } = await table.client.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys, ConsistentRead: true } } }),
    );
    items.push(...(found?.[table.name] ?? []));
    return undone?.[table.name]?.Keys ?? [];
  };
  const { clock } = table;
  const bounds = { ...pauses, clock, until: clock.now() + mostReadingMs };
  await wholeBatch('read leads', wanted, read, bounds);
  return items;
}

const fits = (lead: StoredLead, { priority, intent, source }: LeadFilter): boolean =>
  (priority === undefined || lead.insight?.priority === priority) &&
  (intent === undefined || lead.insight?.intent === intent) &&
  (source === undefined || lead.source === source);
