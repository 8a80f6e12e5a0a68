import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { isoTime } from '../../shared/clock.ts';
import { retryLater } from '../../shared/errors.ts';
import { conditionFailed, isExpired, storeCall } from '../../shared/store/table.ts';
import { type ConversationStore, turnTaken } from '../work/ports.ts';
import type { Turn, TurnKey } from '../work/turn.ts';
import { keys } from './keys.ts';
import { type ConversationsTable, expiryOf } from './table.ts';

type TurnMethods = Pick<ConversationStore, 'turnOf' | 'createTurn' | 'saveTurn' | 'coverMessage'>;

/** A turn's item, or the note that a message is covered by another message's turn. */
type ProgressItem = (Turn & { save_id?: string }) | { covered_by: string };

/** The progress records: `TURN#<MessageSid>` in the conversation's partition. */
export function turnStore(table: ConversationsTable): TurnMethods {
  const read = async (key: TurnKey): Promise<ProgressItem | undefined> => {
    const { Item: item } = await storeCall('read a turn', () =>
      table.client.send(
        new GetCommand({ TableName: table.name, Key: keys.turn(key), ConsistentRead: true }),
      ),
    );
    if (!item || isExpired(item, table.clock.now())) return undefined;
    const { pk: _pk, sk: _sk, expires_at: _expires, ...progress } = item;
    return progress as ProgressItem;
  };

  const write = async (turn: Turn, condition: string, values: Record<string, unknown>) =>
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          ...turn,
          ...keys.turn(turn),
          expires_at: await expiryOf(table, turn.company_id),
        },
        ConditionExpression: condition,
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      }),
    );

  return {
    async turnOf(key) {
      const progress = await read(key);
      if (!progress || !('covered_by' in progress)) return progress;
      const owner = await read({ ...key, turn_id: progress.covered_by });
      if (!owner || 'covered_by' in owner) return undefined;
      return owner.inputs.some((input) => input.message_sid === key.turn_id) ? owner : undefined;
    },

    async createTurn(turn) {
      try {
        await storeCall('create a turn', () =>
          write(
            turn,
            'attribute_not_exists(pk) OR attribute_exists(covered_by) OR expires_at <= :now',
            {
              ':now': Math.floor(table.clock.now() / 1000),
            },
          ),
        );
        return true;
      } catch (error) {
        if (conditionFailed(error)) return false;
        throw error;
      }
    },

    async saveTurn(turn) {
      const saved = {
        ...turn,
        version: turn.version + 1,
        updated_at: isoTime(table.clock.now()),
        save_id: randomUUID(),
      };
      try {
        await storeCall('save a turn', () =>
          write(saved, 'version = :seen', { ':seen': turn.version }),
        );
      } catch (error) {
        if (!conditionFailed(error)) throw error;
        // The client may have repeated a write whose first answer was lost: then it is ours.
        const stored = await read(turn);
        if (!stored || !('save_id' in stored) || stored.save_id !== saved.save_id) {
          const what = `Turn ${turn.turn_id} was written by another invocation since version ${turn.version}.`;
          throw retryLater(turnTaken, what, { cause: error });
        }
      }
      return saved;
    },

    async coverMessage(turn, messageSid) {
      if (messageSid === turn.turn_id) return turn.turn_id;
      const key = { ...turn, turn_id: messageSid };
      const item = {
        ...keys.turn(key),
        covered_by: turn.turn_id,
        expires_at: await expiryOf(table, turn.company_id),
      };
      try {
        await storeCall('cover a message', () =>
          table.client.send(
            new PutCommand({
              TableName: table.name,
              Item: item,
              ConditionExpression:
                'attribute_not_exists(pk) OR covered_by = :turn OR expires_at <= :now',
              ExpressionAttributeValues: {
                ':turn': turn.turn_id,
                ':now': Math.floor(table.clock.now() / 1000),
              },
            }),
          ),
        );
        return turn.turn_id;
      } catch (error) {
        if (!conditionFailed(error)) throw error;
        const owner = await read(key);
        return owner && 'covered_by' in owner ? owner.covered_by : messageSid;
      }
    },
  };
}
