import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type HistoryEntry, historyOnBegin, withEntry } from '../../shared/history.ts';
import { conditionFailed, isExpired, storeCall, type Table } from '../../shared/store/table.ts';
import { leadView, type StoredInsight, type StoredLead } from '../work/lead.ts';
import { indexed, keys } from './keys.ts';

/** One lead and its insight: an item, changed by one conditional write at a time. */
export function leadStore(table: Table) {
  const find = async (tenantId: string, leadId: string): Promise<StoredLead | undefined> => {
    const { Item: item } = await storeCall('read a lead', () =>
      table.client.send(
        new GetCommand({
          TableName: table.name,
          Key: keys.lead(tenantId, leadId),
          ConsistentRead: true,
        }),
      ),
    );
    return item && !isExpired(item, table.clock.now()) ? (item as StoredLead) : undefined;
  };

  return {
    find,

    /** Stores the lead unless it is stored already. */
    async store(lead: StoredLead): Promise<void> {
      const { tenant_id, expires_at } = lead;
      const Item = {
        ...keys.lead(tenant_id, lead.id),
        tenant_id,
        ...leadView(lead),
        expires_at,
        ...(lead.source !== null && { by_source: indexed.by_source(tenant_id, lead.source) }),
      };
      await unlessFailed(() =>
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item,
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
    },

    /** Makes the insight the lead's, as the next after the one that the lead has; false where another came first. */
    async setInsight(lead: StoredLead, insight: StoredInsight): Promise<boolean> {
      const { tenant_id, id } = lead;
      if (lead.insight) await keepReplaced(table, lead, lead.insight);
      return unlessFailed(() =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.lead(tenant_id, id),
            UpdateExpression:
              'SET insight = :insight, by_priority = :priority, by_intent = :intent',
            ConditionExpression: lead.insight
              ? 'insight.version = :before'
              : 'attribute_exists(pk) AND attribute_not_exists(insight)',
            ExpressionAttributeValues: {
              ':insight': insight,
              ':priority': indexed.by_priority(tenant_id, insight.priority),
              ':intent': indexed.by_intent(tenant_id, insight.intent),
              ...(lead.insight && { ':before': lead.insight.version }),
            },
          }),
        ),
      );
    },

    /** Records a try that failed; of two at the same moment one may be lost. */
    async setFailed(tenantId: string, leadId: string, entry: HistoryEntry): Promise<void> {
      const lead = await find(tenantId, leadId);
      const before = historyOnBegin(lead?.history, entry.at).history;
      await unlessFailed(() =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.lead(tenantId, leadId),
            UpdateExpression: 'SET history = :history',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':history': withEntry(before, entry) },
          }),
        ),
      );
    },

    /** Records that everybody has been told of the insight. */
    async setAnnounced({ tenant_id, id }: StoredLead, version: number): Promise<void> {
      await unlessFailed(() =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.lead(tenant_id, id),
            UpdateExpression: 'SET announced_version = :version',
            ConditionExpression:
              'attribute_exists(pk) AND (attribute_not_exists(announced_version) OR announced_version < :version)',
            ExpressionAttributeValues: { ':version': version },
          }),
        ),
      );
    },
  };
}
export type LeadStore = ReturnType<typeof leadStore>;

/** Written before the insight is replaced; where that then fails, readers pass over it. */
const keepReplaced = (table: Table, lead: StoredLead, insight: StoredInsight) =>
  storeCall('keep an insight', () =>
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          ...keys.replaced(lead.tenant_id, lead.id, insight.version),
          insight,
          expires_at: lead.expires_at,
        },
      }),
    ),
  );

/** False where the condition did not hold. */
async function unlessFailed(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await storeCall('change a lead', write);
    return true;
  } catch (error) {
    if (conditionFailed(error)) return false;
    throw error;
  }
}
