import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { storeCall, type Table } from '../../shared/store/table.ts';
import { type Channel, channelSchema } from '../messages.ts';
import { keys } from './keys.ts';

/** Which company a business number belongs to, and how its messages are answered. */
export interface ChannelRegistry {
  /** `number` is Twilio's address; undefined when it is not registered. */
  find(number: string): Promise<Channel | undefined>;
}

const keepMs = 30_000;
const maxKept = 1_000;

/** Looks channels up, each kept for half a minute; that long a change may take to be seen. */
export function channelRegistry(table: Table): ChannelRegistry {
  const kept = new Map<string, { channel: Channel; until: number }>();
  return {
    async find(number) {
      const now = table.clock.now();
      const known = kept.get(number);
      if (known && known.until > now) return known.channel;
      const { Item: item } = await storeCall('read a channel', () =>
        table.client.send(new GetCommand({ TableName: table.name, Key: keys.channel(number) })),
      );
      if (!item) return undefined;
      const channel = channelSchema.parse(item);
      if (kept.size >= maxKept) kept.clear();
      kept.set(number, { channel, until: now + keepMs });
      return channel;
    },
  };
}

/** What the operator's command does with the registry. */
export function channelAdministration(table: Table) {
  return {
    async add(channel: Channel): Promise<void> {
      const item = { ...keys.channel(channel.number), ...channel };
      await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
    },

    /** False when there was none. */
    async remove(number: string): Promise<boolean> {
      const { Attributes: removed } = await table.client.send(
        new DeleteCommand({
          TableName: table.name,
          Key: keys.channel(number),
          ReturnValues: 'ALL_OLD',
        }),
      );
      return removed !== undefined;
    },

    async list(): Promise<Channel[]> {
      const channels: Channel[] = [];
      let from: Record<string, unknown> | undefined;
      do {
        const page = await table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': keys.channel('').pk },
            ExclusiveStartKey: from,
          }),
        );
        channels.push(...(page.Items ?? []).map((item) => channelSchema.parse(item)));
        from = page.LastEvaluatedKey;
      } while (from);
      return channels;
    },
  };
}
