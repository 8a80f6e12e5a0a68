import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type ConversationKey,
  conversationPartition as logPartition,
} from '../../lambdas/conversations/conversation.ts';
import { keys as leadKeys } from '../../lambdas/leads/stores/keys.ts';
import type { Table } from '../../lambdas/shared/store/table.ts';
import { keys as chatKeys } from '../../lambdas/web-chat/stores/keys.ts';
import { conversationPartition, keys } from '../../lambdas/whatsapp-replies/stores/keys.ts';
import { itemsOf } from './items.ts';
import type { CustomerTables, StoredData } from './stored-data.ts';

type Key = Record<string, unknown>;

/**
 * Deletes what is kept of a customer but their opt-out; how many items. What leads to the rest is deleted
 * last, so that who was interrupted can begin again.
 */
export async function forget(
  { channels, chats, leads }: StoredData,
  company: string,
  tables: CustomerTables,
): Promise<number> {
  let deleted = 0;
  for (const { number, customer, conversation_id, opted_out } of channels) {
    if (!conversation_id) continue;
    const conversation = conversationPartition({ company_id: company, conversation_id });
    deleted += await eraseWords(tables, { tenant_id: company, conversation_id });
    deleted += await erase(tables.conversations, conversation);
    const who = keys.customer(company, number, customer);
    if (opted_out) await forgetAllButTheOptOut(tables.conversations, who);
    else deleted += await eraseItem(tables.conversations, who);
  }
  for (const { conversation_id } of chats) {
    deleted += await eraseWords(tables, { tenant_id: company, conversation_id });
  }
  for (const participant of new Set(chats.map(({ participant_id }) => participant_id))) {
    await eraseItem(tables.log, { ...chatKeys.participant(company, participant) });
  }
  for (const { id } of leads) {
    deleted += await erase(tables.leads, leadKeys.replaced(company, id, 0).pk);
    deleted += await eraseItem(tables.leads, leadKeys.lead(company, id));
  }
  return deleted;
}

/**
 * What is said in a conversation, its files, and what the customer thought of it, which stands in a list of the
 * company's. By the conversation itself, which goes last, all of it is found.
 */
async function eraseWords(
  { log, contents }: Pick<CustomerTables, 'log' | 'contents'>,
  conversation: ConversationKey,
): Promise<number> {
  const partition = logPartition(conversation);
  const items = await itemsOf(log, partition, ['feedback_id']);
  const feedback = items.flatMap(({ feedback_id: id }) => (typeof id === 'string' ? id : []));
  for (const id of feedback) {
    await eraseItem(log, { pk: `TENANT#${conversation.tenant_id}`, sk: `FEEDBACK#${id}` });
  }
  const files = await contents.of(conversation);
  for (const key of files) await contents.remove(key);
  return files.length + feedback.length + (await erase(log, partition, 'CONVERSATION'));
}

const atOnce = 16;

async function erase(table: Table, partition: string, last?: string): Promise<number> {
  const items = await itemsOf(table, partition, []);
  const isLast = (item: Key) => last !== undefined && item['sk'] === last;
  const left = items.filter((item) => !isLast(item));
  const lanes = Array.from({ length: atOnce }, async () => {
    for (let item = left.pop(); item; item = left.pop()) {
      await eraseItem(table, { pk: item['pk'], sk: item['sk'] });
    }
  });
  await Promise.all(lanes);
  for (const { pk, sk } of items.filter(isLast)) await eraseItem(table, { pk, sk });
  return items.length;
}

async function eraseItem({ client, name }: Table, key: Key): Promise<number> {
  await client.send(new DeleteCommand({ TableName: name, Key: key }));
  return 1;
}

const forgetAllButTheOptOut = ({ client, name }: Table, key: Key) =>
  client.send(
    new UpdateCommand({
      TableName: name,
      Key: key,
      UpdateExpression: 'REMOVE conversation_id, thread_id, last_inbound_at',
      ConditionExpression: 'attribute_exists(pk)',
    }),
  );
