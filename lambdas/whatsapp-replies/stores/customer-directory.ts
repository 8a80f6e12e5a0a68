import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { retryLater } from '../../shared/errors.ts';
import { conditionFailed, isExpired, storeCall } from '../../shared/store/table.ts';
import type { Channel } from '../messages.ts';
import {
  type Customer,
  consentChange,
  type KeptAt,
  knownAs,
  linkTo,
  wrote,
} from './customer-items.ts';
import { keys } from './keys.ts';
import type { ConversationsTable } from './table.ts';

export interface CustomerDirectory {
  /**
   * Finds or makes the customer who writes to this channel, and notes that they wrote now. They stay the same
   * one under each of the `others`, by which this webhook names them too.
   */
  customerOf(channel: Channel, address: string, others?: string[]): Promise<Customer>;
  /** Sets or clears the opt-out; false when that message had done so before. */
  setOptOut(
    channel: Channel,
    address: string,
    change: { customer: Customer; optedOut: boolean; messageSid: string },
  ): Promise<boolean>;
}

/** A name leads to a customer, who may themselves have become a name of another one. */
const maxSteps = 3;
const maxTries = 5;

export function customerDirectory(table: ConversationsTable): CustomerDirectory {
  const keyOf = (channel: Channel, address: string) =>
    keys.customer(channel.company_id, channel.number, address);

  const seen = async (channel: Channel, address: string): Promise<Customer> => {
    const key = keyOf(channel, address);
    try {
      return await storeCall('find a customer', () => wrote(table, key, channel, 'expiring'));
    } catch (error) {
      if (!conditionFailed(error)) throw error;
      return storeCall('find a customer', () => wrote(table, key, channel, 'opted out'));
    }
  };

  const kept = async (channel: Channel, address: string): Promise<Customer & KeptAt> => {
    let at = address;
    for (let steps = 0; ; steps++) {
      const customer = await seen(channel, at);
      const { same_as: next } = customer;
      if (next === undefined || steps === maxSteps) return { ...customer, address: at };
      at = next;
    }
  };

  /** Makes `name` lead to the customer. */
  const lead = async (channel: Channel, name: string, customer: Customer & KeptAt) => {
    const home = keyOf(channel, customer.address);
    if (!customer.known_as?.has(name)) {
      await storeCall('note a name', () => table.client.send(knownAs(table, home, name)));
    }
    try {
      const link = await linkTo(table, keyOf(channel, name), channel, customer);
      await storeCall('link a name', () => table.client.send(link));
    } catch (error) {
      // It leads to somebody else already, and that stays.
      ifElsewhere(error);
    }
  };

  /** STOP under either name is STOP: it is the customer's own before the name leads to them, so that no crash loses it. */
  const withOptOutOf = async (
    name: string,
    item: Record<string, unknown> | undefined,
    channel: Channel,
    customer: Customer & KeptAt,
  ): Promise<Customer & KeptAt> => {
    const isOut = item?.['opted_out'] === true && item['same_as'] === undefined;
    if (!isOut || customer.opted_out) return customer;
    const change = { customer, optedOut: true, messageSid: `merged:${name}` };
    await directory.setOptOut(channel, customer.address, change);
    return kept(channel, customer.address);
  };

  const directory: CustomerDirectory = {
    async customerOf(channel, address, others = []) {
      if (others.length === 0) return kept(channel, address);
      const names = [address, ...others];
      const items = await Promise.all(names.map((name) => itemOf(table, keyOf(channel, name))));
      const known = names.find((_, index) => items[index] !== undefined);
      let customer = await kept(channel, known ?? address);
      for (const [index, name] of names.entries()) {
        if (name === customer.address) continue;
        customer = await withOptOutOf(name, items[index], channel, customer);
        await lead(channel, name, customer);
      }
      const { known_as: before = new Set<string>() } = customer;
      const known_as = before.union(new Set(names));
      known_as.delete(customer.address);
      return { ...customer, known_as };
    },

    async setOptOut(channel, address, { customer, optedOut, messageSid }) {
      let current = customer;
      for (let tries = 0; tries < maxTries; tries++) {
        if (current.consent_sids?.includes(messageSid)) return false;
        const home = current.address ?? address;
        try {
          // The names first: after a crash the webhook comes again, and does both.
          for (const name of current.known_as ?? []) {
            const link = await linkTo(table, keyOf(channel, name), channel, {
              ...current,
              address: home,
              opted_out: optedOut,
            });
            await storeCall('set an opt-out', () => table.client.send(link)).catch(ifElsewhere);
          }
          const change = consentChange(table, keyOf(channel, home), current, optedOut, messageSid);
          await storeCall('set an opt-out', () => table.client.send(change));
          return true;
        } catch (error) {
          if (!conditionFailed(error)) throw error;
          current = await kept(channel, address);
        }
      }
      throw retryLater(
        'consent_contended',
        `The opt-out of ${customer.conversation_id} changes all the time.`,
      );
    },
  };
  return directory;
}

/** A name that leads to somebody else stays as it is. */
function ifElsewhere(error: unknown): void {
  if (!conditionFailed(error)) throw error;
}

/** The item of a name; undefined where there is none that is still to be kept. */
async function itemOf(
  table: ConversationsTable,
  key: Record<string, string>,
): Promise<Record<string, unknown> | undefined> {
  const { Item: item } = await storeCall('look for a customer', () =>
    table.client.send(new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true })),
  );
  return item === undefined || isExpired(item, table.clock.now()) ? undefined : item;
}
