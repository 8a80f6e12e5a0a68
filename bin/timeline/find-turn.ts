import { GetCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../lambdas/shared/store/table.ts';
import { channelAdministration } from '../../lambdas/whatsapp-replies/stores/channel-registry.ts';
import {
  conversationPartition,
  keys,
  messagePrefix,
} from '../../lambdas/whatsapp-replies/stores/keys.ts';
import type { Turn } from '../../lambdas/whatsapp-replies/work/turn.ts';
import type { Records } from '../records.ts';

export interface Conversation {
  company_id: string;
  conversation_id: string;
}

/** The turn that a message of this conversation belongs to: the customer's, or one of the reply. */
export async function turnIn(
  conversation: Conversation,
  messageSid: string,
  table: Table,
  records: Records,
): Promise<Turn | undefined> {
  const own = await records.turn({ ...conversation, turn_id: messageSid });
  if (own) return own;
  let from: Record<string, unknown> | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        FilterExpression: 'message_sid = :sid',
        ExpressionAttributeValues: {
          ':pk': conversationPartition(conversation),
          ':prefix': messagePrefix,
          ':sid': messageSid,
        },
        ExclusiveStartKey: from,
      }),
    );
    const turnId: unknown = page.Items?.[0]?.['turn_id'];
    if (typeof turnId === 'string') return records.turn({ ...conversation, turn_id: turnId });
    from = page.LastEvaluatedKey;
  } while (from);
  return undefined;
}

/** The conversations of a customer with a company, one for each of its numbers that they wrote to. */
export async function conversationsOf(
  companyId: string,
  customer: string,
  table: Table,
): Promise<Conversation[]> {
  const channels = await channelAdministration(table).list();
  const own = channels.filter(({ company_id }) => company_id === companyId);
  const items = await Promise.all(
    own.map(({ number }) =>
      table.client.send(
        new GetCommand({ TableName: table.name, Key: keys.customer(companyId, number, customer) }),
      ),
    ),
  );
  return items.flatMap(({ Item: item }) => {
    const id: unknown = item?.['conversation_id'];
    return typeof id === 'string' ? [{ company_id: companyId, conversation_id: id }] : [];
  });
}

/** Finds a message's conversation by reading the whole table, page by page, until it is found. */
export async function scanFor(
  messageSid: string,
  table: Table,
  progress: (items: number) => void,
): Promise<Conversation | undefined> {
  let from: Record<string, unknown> | undefined;
  let items = 0;
  do {
    const page = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        FilterExpression: 'message_sid = :sid OR sk = :turn',
        ProjectionExpression: 'pk',
        ExpressionAttributeValues: { ':sid': messageSid, ':turn': `TURN#${messageSid}` },
        ExclusiveStartKey: from,
      }),
    );
    const found = page.Items?.flatMap((item) => conversationOf(String(item['pk'])) ?? [])[0];
    if (found) return found;
    items += page.ScannedCount ?? 0;
    progress(items);
    from = page.LastEvaluatedKey;
  } while (from);
  return undefined;
}

function conversationOf(partition: string): Conversation | undefined {
  const [, company_id, conversation_id] =
    /^COMPANY#([^#]+)#CONVERSATION#(.+)$/.exec(partition) ?? [];
  return company_id && conversation_id ? { company_id, conversation_id } : undefined;
}
