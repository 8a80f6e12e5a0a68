import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { isExpired, storeCall, type Table } from '../../vendors/aws/table.ts';
import { type Pauses, systemPauses, wholeBatch } from '../../vendors/aws/whole-batch.ts';
import type { Intent, Priority } from '../domain/insight.ts';
import type { StoredInsight, StoredLead } from '../domain/lead.ts';
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

/** A page ends after so many leads were looked at, though fewer were wanted of them. */
const mostLookedAt = 1_000;
const batchGets = 100;

/** A tenant's leads and the insights of one, newest first. */
export const leadLists = (table: Table, pauses: Pauses = systemPauses) => ({
  async leads(tenantId: string, filter: LeadFilter, limit: number, cursor?: string) {
    const found: StoredLead[] = [];
    let [after, looked] = [cursor, 0];
    do {
      const ids = await leadIds(table, tenantId, filter, {
        limit: isNarrow(filter) ? batchGets : limit - found.length + 1,
        ...(after !== undefined && { after }),
      });
      looked += ids.items.length;
      after = ids.next;
      for (const lead of await leadsBy(table, tenantId, ids.items, pauses)) {
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

/** The fewest at first: an index, and the others are looked up in what it finds. */
function indexOf(tenantId: string, { priority, intent, source }: LeadFilter) {
  if (source !== undefined)
    return { name: 'by_source', value: indexed.by_source(tenantId, source) };
  if (priority) return { name: 'by_priority', value: indexed.by_priority(tenantId, priority) };
  return intent && { name: 'by_intent', value: indexed.by_intent(tenantId, intent) };
}

async function leadIds(
  table: Table,
  tenantId: string,
  filter: LeadFilter,
  { limit, after }: { limit: number; after?: string },
): Promise<Page<string>> {
  const index = indexOf(tenantId, filter);
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

/** Whether an index alone finds more than is wanted. */
const isNarrow = (filter: LeadFilter): boolean =>
  Object.values(filter).filter((wanted) => wanted !== undefined).length > 1;

const fits = (lead: StoredLead, { priority, intent, source }: LeadFilter): boolean =>
  (priority === undefined || lead.insight?.priority === priority) &&
  (intent === undefined || lead.insight?.intent === intent) &&
  (source === undefined || lead.source === source);
