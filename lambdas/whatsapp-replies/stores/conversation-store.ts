import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isoTime } from '../../shared/clock.ts';
import { conditionFailed, isExpired, storeCall } from '../../shared/store/table.ts';
import type { Conversation, ConversationStore, PastMessage } from '../work/ports.ts';
import { inputText, type ReplyPart, replyText, type Turn, userText } from '../work/turn.ts';
import { conversationPartition, keys, messagePrefix } from './keys.ts';
import { otherSids } from './other-sids.ts';
import { type ConversationsTable, expiryOf } from './table.ts';
import { turnStore } from './turn-store.ts';

/** A name of a customer may lead over others to where they are kept. */
const maxNames = 3;

/** People quote what they still see; one query reads as many messages. */
const searchedMessages = 500;

/** The conversations table as the reply processor uses it. */
export function conversationStore(table: ConversationsTable): ConversationStore {
  const readItem = async (what: string, key: { pk: string; sk: string }) => {
    const { Item: item } = await storeCall(what, () =>
      table.client.send(new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true })),
    );
    return item && !isExpired(item, table.clock.now()) ? item : undefined;
  };

  return {
    ...turnStore(table),
    otherSids: otherSids(table),

    async recordInputs(turn) {
      const expires = await expiryOf(table, turn.company_id);
      const put = (input: Turn['inputs'][number]) =>
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: {
              ...keys.inbound(turn, input),
              role: 'user',
              content: inputText(input),
              timestamp: input.received_at,
              message_sid: input.message_sid,
              status: 'received',
              turn_id: turn.turn_id,
              expires_at: expires,
            },
          }),
        );
      await storeCall('record a message', () => Promise.all(turn.inputs.map(put)));
    },

    async conversation(key) {
      const item = await readItem('read a conversation', keys.conversation(key));
      return item as Conversation | undefined;
    },

    async rememberThread(turn, threadId) {
      const expires = await expiryOf(table, turn.company_id);
      await storeCall('remember a thread', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.conversation(turn),
            UpdateExpression:
              'SET thread_id = :thread, company_id = :company, project_id = :project, ' +
              'conversation_id = :conversation, primary_channel = :channel, expires_at = :expires ' +
              'REMOVE last_item_id, thread_tokens',
            ExpressionAttributeValues: {
              ':thread': threadId,
              ':company': turn.company_id,
              ':project': turn.project_id,
              ':conversation': turn.conversation_id,
              ':channel': 'whatsapp',
              ':expires': expires,
            },
          }),
        ),
      );
      await noteThreadForWebhook(table, turn, threadId);
    },

    async history(turn, limit) {
      const { Items: items = [] } = await storeCall('read the history', () =>
        table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeValues: {
              ':pk': conversationPartition(turn),
              ':prefix': messagePrefix,
            },
            ScanIndexForward: false,
            Limit: limit + turn.inputs.length + turn.parts.length,
          }),
        ),
      );
      return items
        .filter((item) => item['turn_id'] !== turn.turn_id && typeof item['content'] === 'string')
        .filter((item) => item['content'] !== '' && !isExpired(item, table.clock.now()))
        .slice(0, limit)
        .reverse()
        .map(({ role, content }) => ({ role, content }) as PastMessage);
    },

    async messageBySid(key, messageSid) {
      const { Items: items = [] } = await storeCall('find a quoted message', () =>
        table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            FilterExpression: 'message_sid = :sid',
            ExpressionAttributeValues: {
              ':pk': conversationPartition(key),
              ':prefix': messagePrefix,
              ':sid': messageSid,
            },
            ConsistentRead: true,
            ScanIndexForward: false,
            Limit: searchedMessages,
          }),
        ),
      );
      const found = items.find((item) => !isExpired(item, table.clock.now()));
      if (typeof found?.['content'] !== 'string') return undefined;
      return { role: found['role'], content: found['content'] };
    },

    async hasOptedOut(turn) {
      // Another name of the customer leads to where their opt-out is kept.
      for (let name: unknown = turn.customer, steps = 0; typeof name === 'string'; steps++) {
        const key = keys.customer(turn.company_id, turn.business_number, name);
        const item = await readItem('read the opt-out', key);
        if (item?.['same_as'] === undefined || steps === maxNames)
          return item?.['opted_out'] === true;
        name = item['same_as'];
      }
      return false;
    },

    async reportedSid(turn, messageKey) {
      const item = await readItem('read a delivery report', keys.reply(turn, messageKey));
      return item?.['message_sid'];
    },

    async recordReply(turn) {
      const expires = await expiryOf(table, turn.company_id);
      const sent = turn.parts.filter((part) => part.state === 'sent' || part.state === 'rejected');
      await storeCall('record the reply', () =>
        Promise.all(
          sent.map((part) => table.client.send(replyMessage(table, turn, part, expires))),
        ),
      );
      try {
        await storeCall('record the conversation', () =>
          table.client.send(summary(table, turn, sent, expires)),
        );
      } catch (error) {
        // The turn is in the summary already; it must not be counted twice.
        if (!conditionFailed(error)) throw error;
      }
    },
  };
}

/** So that the webhook can name the thread in its queue message; best effort, the conversation's item is the truth. */
async function noteThreadForWebhook(
  table: ConversationsTable,
  turn: Turn,
  threadId: string,
): Promise<void> {
  const note = new UpdateCommand({
    TableName: table.name,
    Key: keys.customer(turn.company_id, turn.business_number, turn.customer),
    UpdateExpression: 'SET thread_id = :thread',
    ConditionExpression: 'conversation_id = :conversation',
    ExpressionAttributeValues: { ':thread': threadId, ':conversation': turn.conversation_id },
  });
  try {
    await storeCall('note the thread', () => table.client.send(note));
  } catch (error) {
    if (!conditionFailed(error)) throw error;
  }
}

/** The status callback may have made the item before; what it knows of delivery stays. */
const replyMessage = (table: ConversationsTable, turn: Turn, part: ReplyPart, expires: number) =>
  new UpdateCommand({
    TableName: table.name,
    Key: keys.reply(turn, part.message_key),
    UpdateExpression:
      'SET #role = :role, content = :content, #timestamp = :timestamp, turn_id = :turn, ' +
      'expires_at = :expires, #status = if_not_exists(#status, :status)' +
      (part.message_sid ? ', message_sid = :sid' : '') +
      (part.error_code ? ', error_code = :error' : ''),
    ExpressionAttributeNames: { '#role': 'role', '#timestamp': 'timestamp', '#status': 'status' },
    ExpressionAttributeValues: {
      ':role': 'assistant',
      ':content': part.body,
      ':timestamp': part.message_key.split('#')[0],
      ':turn': turn.turn_id,
      ':expires': expires,
      ':status': part.state === 'rejected' ? 'failed' : (part.status ?? 'queued'),
      ...(part.message_sid && { ':sid': part.message_sid }),
      ...(part.error_code && { ':error': part.error_code }),
    },
  });

const summary = (table: ConversationsTable, turn: Turn, sent: ReplyPart[], expires: number) => {
  const lastSid = sent.findLast((part) => part.message_sid)?.message_sid;
  return new UpdateCommand({
    TableName: table.name,
    Key: keys.conversation(turn),
    UpdateExpression:
      'SET updated_at = :now, last_user_message = :user, last_turn_id = :turn, ' +
      'primary_channel = :channel, company_id = :company, project_id = :project, ' +
      'conversation_id = :conversation, expires_at = :expires, ' +
      'message_count = if_not_exists(message_count, :zero) + :count' +
      (lastSid ? ', last_ai_response = :reply, last_message_sid = :sid' : '') +
      (turn.last_item_id ? ', last_item_id = :item' : '') +
      (turn.thread_tokens ? ', thread_tokens = :tokens' : ''),
    ConditionExpression: 'attribute_not_exists(last_turn_id) OR last_turn_id <> :turn',
    ExpressionAttributeValues: {
      ':now': isoTime(table.clock.now()),
      ':user': userText(turn),
      ':turn': turn.turn_id,
      ':channel': 'whatsapp',
      ':company': turn.company_id,
      ':project': turn.project_id,
      ':conversation': turn.conversation_id,
      ':expires': expires,
      ':zero': 0,
      ':count': turn.inputs.length,
      ...(lastSid && { ':reply': replyText(turn), ':sid': lastSid }),
      ...(turn.last_item_id && { ':item': turn.last_item_id }),
      ...(turn.thread_tokens && { ':tokens': turn.thread_tokens }),
    },
  });
};
