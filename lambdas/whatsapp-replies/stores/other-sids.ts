import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { isoTime } from '../../shared/clock.ts';
import { storeCall } from '../../shared/store/table.ts';
import type { ConversationStore } from '../work/ports.ts';
import type { ReplyPart } from '../work/turn.ts';
import { keys } from './keys.ts';
import type { ConversationsTable } from './table.ts';

/** What of a turn's or a message's item names SIDs. */
type RecordedSids = { sk: string; message_sid?: string; parts?: ReplyPart[] };

/** By how much our clocks, and Twilio's, may differ. */
const clocksDifferMs = 3_600_000;

/** Reads the whole conversation, as is rarely needed: each item that names a SID has the time at which it was written. */
export const otherSids =
  (table: ConversationsTable): ConversationStore['otherSids'] =>
  async (turn, messageKey, sinceMs) => {
    const { pk, sk: own } = keys.reply(turn, messageKey);
    const sids: (string | undefined)[] = [];
    let next: Record<string, unknown> | undefined;
    do {
      const query = new QueryCommand({
        TableName: table.name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'updated_at >= :since OR status_updated_at >= :since',
        ProjectionExpression: 'sk, message_sid, parts',
        ExpressionAttributeValues: { ':pk': pk, ':since': isoTime(sinceMs - clocksDifferMs) },
        ...(next && { ExclusiveStartKey: next }),
      });
      const page = await storeCall('read the recorded messages', () => table.client.send(query));
      const items = (page.Items ?? []) as RecordedSids[];
      for (const { message_sid, parts = [] } of items.filter(({ sk }) => sk !== own)) {
        sids.push(message_sid, ...parts.map((part) => part.message_sid));
      }
      next = page.LastEvaluatedKey;
    } while (next);
    return new Set(sids.filter((sid) => sid !== undefined));
  };
