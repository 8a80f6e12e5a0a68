import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { type Channel, channelSchema } from '../messages.ts';
import { keys } from './keys.ts';

/** Which company a business number belongs to, and how its messages are answered. */
export interface ChannelRegistry {
  /** `number` is Twilio's address; undefined when it is not registered. */
  find(number: string): Promise<Channel | undefined>;
}

const keepMs = 30_000;
const maxCached = 1_000;

/** Looks channels up, each kept for half a minute; that long a change may take to be seen. */
export function channelRegistry(table: Table): ChannelRegistry {
  const channels = new ItemStore(table, 'a channel');
  const cached = new Map<string, { channel: Channel; until: number }>();
  return {
    async find(number) {
      const now = table.clock.now();
      const known = cached.get(number);
      if (known && known.until > now) return known.channel;
      const item = await channels.get(keys.channel(number), { consistent: false });
      if (!item) return undefined;
      const channel = channelSchema.parse(item);
      if (cached.size >= maxCached) cached.clear();
      cached.set(number, { channel, until: now + keepMs });
      return channel;
    },
  };
}

/** What the operator's command does with the registry. */
export function channelAdministration(table: Table) {
  const channels = new ItemStore(table, 'a channel');
  return {
    add: (channel: Channel): Promise<void> => channels.put(keys.channel(channel.number), channel),

    /** False when there was none. */
    async remove(number: string): Promise<boolean> {
      const removed = await channels.delete(keys.channel(number));
      return removed !== undefined;
    },

    async list(): Promise<Channel[]> {
      const items = await channels.all({ pk: keys.channel('').pk });
      return items.map((item) => channelSchema.parse(item));
    },
  };
}
