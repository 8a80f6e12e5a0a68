import { retryLater } from '../../shared/errors.ts';
import type { Channel } from '../messages.ts';
import { type Customer, customerItems, type KeptAt } from './customer-items.ts';
import { type ConversationsTable, keys } from './keys.ts';

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
  const items = customerItems(table);
  const keyOf = (channel: Channel, address: string) =>
    keys.customer(channel.company_id, channel.number, address);

  const kept = async (channel: Channel, address: string): Promise<Customer & KeptAt> => {
    let at = address;
    for (let steps = 0; ; steps++) {
      const customer = await items.wrote(keyOf(channel, at), channel);
      const { same_as: next } = customer;
      if (next === undefined || steps === maxSteps) return { ...customer, address: at };
      at = next;
    }
  };

  /** STOP under either name is STOP: it is the customer's own before the name leads to them, so that no crash loses it. */
  const withOptOutOf = async (
    name: string,
    item: Customer | undefined,
    channel: Channel,
    customer: Customer & KeptAt,
  ): Promise<Customer & KeptAt> => {
    const isOut = item?.opted_out && item.same_as === undefined;
    if (!isOut || customer.opted_out) return customer;
    const change = { customer, optedOut: true, messageSid: `merged:${name}` };
    await directory.setOptOut(channel, customer.address, change);
    return kept(channel, customer.address);
  };

  const directory: CustomerDirectory = {
    async customerOf(channel, address, others = []) {
      if (others.length === 0) return kept(channel, address);
      const names = [address, ...others];
      const found = await Promise.all(names.map((name) => items.find(keyOf(channel, name))));
      const known = names.find((_, index) => found[index] !== undefined);
      let customer = await kept(channel, known ?? address);
      for (const [index, name] of names.entries()) {
        if (name === customer.address) continue;
        customer = await withOptOutOf(name, found[index], channel, customer);
        if (!customer.known_as?.has(name)) {
          await items.addName(keyOf(channel, customer.address), name);
        }
        await items.link(keyOf(channel, name), channel, customer);
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
        // The names first: after a crash the webhook comes again, and does both.
        for (const name of current.known_as ?? []) {
          const customerThen = { ...current, address: home, opted_out: optedOut };
          await items.link(keyOf(channel, name), channel, customerThen);
        }
        if (await items.changeConsent(keyOf(channel, home), current, optedOut, messageSid)) {
          return true;
        }
        current = await kept(channel, address);
      }
      throw retryLater(
        'consent_contended',
        `The opt-out of ${customer.conversation_id} changes all the time.`,
      );
    },
  };
  return directory;
}
