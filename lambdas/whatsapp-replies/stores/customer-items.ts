import { randomBytes } from 'node:crypto';
import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Key } from '../../shared/store/table.ts';
import type { Channel } from '../messages.ts';
import type { ConversationsTable } from './keys.ts';

/** A customer of one business number, known by an id that tells nothing about the person. */
export interface Customer {
  conversation_id: string;
  thread_id?: string;
  opted_out?: boolean;
  /** The newest messages that changed the opt-out, so that a repeated webhook cannot undo a later one. */
  consent_sids?: string[];
  /** How often the opt-out was changed; each change is conditional on it. */
  consent_changes?: number;
  /** Of an item for another name of the same customer: the address under which they are stored. */
  same_as?: string;
  /** The other addresses that lead here. */
  known_as?: Set<string>;
  /** The address under which they are stored, whichever they have written from. */
  address?: string;
}

/** Where a customer is stored, whichever name they have written from. */
export interface KeptAt {
  address: string;
}

const maxConsentSids = 10;

/** The items of customers and of their names. */
export function customerItems(table: ConversationsTable) {
  const customers = new ItemStore<Customer>(table, 'a customer');
  return {
    /** The item of a name; undefined if there is none, or it has expired. */
    find: (key: Key): Promise<Customer | undefined> => customers.get(key),

    /** Records that the customer wrote. An opt-out has no expiry, so it is never forgotten. */
    async wrote(key: Key, { company_id, project_id }: Channel): Promise<Customer> {
      const set = {
        conversation_id: expr`if_not_exists(conversation_id, ${`c_${randomBytes(16).toString('hex')}`})`,
        last_inbound_at: isoTime(table.clock.now()),
        company_id,
        project_id,
      };
      const { item } = await customers.updateIf(key, {
        set,
        retentionDays: await table.retentionDays(company_id),
        if: expr`attribute_not_exists(opted_out) OR opted_out = ${false}`,
      });
      return item ?? customers.update(key, { set });
    },

    /** Adds a name that leads to the customer whose item it is. */
    async addName(key: Key, name: string): Promise<void> {
      await customers.update(key, { add: { known_as: new Set([name]) } });
    },

    /**
     * Makes a name lead to the customer, and keeps it as long as their opt-out; one that leads to somebody else stays as
     * it is.
     */
    async link(key: Key, channel: Channel, customer: Customer & KeptAt): Promise<void> {
      const { company_id, project_id } = channel;
      const { address, conversation_id, opted_out = false } = customer;
      await customers.updateIf(key, {
        set: {
          same_as: address,
          conversation_id: expr`if_not_exists(conversation_id, ${conversation_id})`,
          company_id,
          project_id,
          opted_out,
        },
        ...(opted_out
          ? { remove: ['expires_at'] }
          : { retentionDays: await table.retentionDays(company_id) }),
        if: expr`attribute_not_exists(same_as) OR same_as = ${address}`,
      });
    },

    /** Sets or clears the opt-out; false where it was changed since this view of the customer. */
    async changeConsent(
      key: Key,
      { consent_sids: before = [], consent_changes: changes = 0 }: Customer,
      optedOut: boolean,
      messageSid: string,
    ): Promise<boolean> {
      const { written } = await customers.updateIf(key, {
        set: {
          opted_out: optedOut,
          consent_sids: [...before, messageSid].slice(-maxConsentSids),
          consent_changes: changes + 1,
        },
        remove: optedOut ? ['expires_at'] : [],
        if: changes
          ? expr`consent_changes = ${changes}`
          : expr`attribute_not_exists(consent_changes)`,
      });
      return written;
    },
  };
}
