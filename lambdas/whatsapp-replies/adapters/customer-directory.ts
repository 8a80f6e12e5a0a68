import { randomBytes } from 'node:crypto';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { retryLater } from '../../runtime/errors.ts';
import { conditionFailed, isExpired, storeCall } from '../../vendors/aws/table.ts';
import type { Channel } from '../contract.ts';
import { keys } from './keys.ts';
import { type ConversationsTable, expiryOf } from './table.ts';

/** A customer of one business number, known by an id that tells nothing about the person. */
export interface Customer {
  conversation_id: string;
  thread_id?: string;
  opted_out?: boolean;
  /** The newest messages that changed the opt-out, so that a repeated webhook cannot undo a later one. */
  consent_sids?: string[];
  /** How often the opt-out was changed; each change is conditional on it. */
  consent_changes?: number;
  /** Of an item that is another name of the same customer: the address under which they are kept. */
  same_as?: string;
  /** The other addresses that lead here. */
  known_as?: Set<string>;
  /** Under which they are kept, whichever they have written from. */
  address?: string;
}

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

interface KeptAt {
  address: string;
}

/** A name leads to a customer, who may themselves have become a name of another one. */
const maxSteps = 3;
const keptConsentSids = 10;
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

  /** Makes `name` lead to the customer; whether that brings an opt-out which was given under it. */
  const lead = async (channel: Channel, name: string, customer: Customer & KeptAt) => {
    const home = keyOf(channel, customer.address);
    if (!customer.known_as?.has(name)) {
      await storeCall('note a name', () => table.client.send(knownAs(table, home, name)));
    }
    try {
      const link = await linkTo(table, keyOf(channel, name), channel, customer);
      const { Attributes: old } = await storeCall('link a name', () => table.client.send(link));
      return old?.['opted_out'] === true && old['same_as'] === undefined && !customer.opted_out;
    } catch (error) {
      // It leads to somebody else already, and that stays.
      if (!conditionFailed(error)) throw error;
      return false;
    }
  };

  const directory: CustomerDirectory = {
    async customerOf(channel, address, others = []) {
      if (others.length === 0) return kept(channel, address);
      const names = [address, ...others];
      const known = await Promise.all(names.map((name) => isKnown(table, keyOf(channel, name))));
      const customer = await kept(channel, names[known.indexOf(true)] ?? address);
      const { known_as: before = new Set<string>() } = customer;
      const current = { ...customer, known_as: before.union(new Set(names)) };
      current.known_as.delete(customer.address);
      for (const name of names.filter((one) => one !== customer.address)) {
        if (!(await lead(channel, name, customer))) continue;
        // STOP under either name is STOP.
        const change = { customer: current, optedOut: true, messageSid: `merged:${name}` };
        await directory.setOptOut(channel, customer.address, change);
        return kept(channel, customer.address);
      }
      return current;
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

async function isKnown(table: ConversationsTable, key: Record<string, string>): Promise<boolean> {
  const { Item: item } = await storeCall('look for a customer', () =>
    table.client.send(new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true })),
  );
  return item !== undefined && !isExpired(item, table.clock.now());
}

const knownAs = (table: ConversationsTable, key: Record<string, string>, name: string) =>
  new UpdateCommand({
    TableName: table.name,
    Key: key,
    UpdateExpression: 'ADD known_as :names',
    ExpressionAttributeValues: { ':names': new Set([name]) },
  });

/** The item of another name; it is kept as long as the opt-out of the customer that it leads to. */
async function linkTo(
  table: ConversationsTable,
  key: Record<string, string>,
  { company_id, project_id }: Channel,
  { address, conversation_id, opted_out }: Customer & KeptAt,
): Promise<UpdateCommand> {
  const expires = await expiryOf(table, company_id);
  return new UpdateCommand({
    TableName: table.name,
    Key: key,
    UpdateExpression:
      'SET same_as = :kept, conversation_id = if_not_exists(conversation_id, :conversation), ' +
      'company_id = :company, project_id = :project, opted_out = :out' +
      (opted_out ? ' REMOVE expires_at' : ', expires_at = :expires'),
    ConditionExpression: 'attribute_not_exists(same_as) OR same_as = :kept',
    ExpressionAttributeValues: {
      ':kept': address,
      ':conversation': conversation_id,
      ':company': company_id,
      ':project': project_id,
      ':out': opted_out === true,
      ...(!opted_out && { ':expires': expires }),
    },
    ReturnValues: 'ALL_OLD',
  });
}

/** Notes that the customer wrote. Who has opted out is kept without an expiry, so that it is never forgotten. */
async function wrote(
  table: ConversationsTable,
  key: Record<string, string>,
  channel: Channel,
  kind: 'expiring' | 'opted out',
): Promise<Customer> {
  const expiring = kind === 'expiring';
  const { Attributes: item } = await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: key,
      UpdateExpression:
        'SET conversation_id = if_not_exists(conversation_id, :new), last_inbound_at = :now, ' +
        'company_id = :company, project_id = :project' +
        (expiring ? ', expires_at = :expires' : ''),
      ...(expiring && {
        ConditionExpression: 'attribute_not_exists(opted_out) OR opted_out = :no',
      }),
      ExpressionAttributeValues: {
        ':new': `c_${randomBytes(16).toString('hex')}`,
        ':now': new Date(table.clock.now()).toISOString(),
        ':company': channel.company_id,
        ':project': channel.project_id,
        ...(expiring && {
          ':no': false,
          ':expires': await expiryOf(table, channel.company_id),
        }),
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return item as Customer;
}

function consentChange(
  table: ConversationsTable,
  key: Record<string, string>,
  { consent_sids: before = [], consent_changes: changes = 0 }: Customer,
  optedOut: boolean,
  messageSid: string,
): UpdateCommand {
  return new UpdateCommand({
    TableName: table.name,
    Key: key,
    UpdateExpression:
      'SET opted_out = :out, consent_sids = :sids, consent_changes = :next' +
      (optedOut ? ' REMOVE expires_at' : ''),
    ConditionExpression: changes
      ? 'consent_changes = :changes'
      : 'attribute_not_exists(consent_changes)',
    ExpressionAttributeValues: {
      ':out': optedOut,
      ':sids': [...before, messageSid].slice(-keptConsentSids),
      ':next': changes + 1,
      ...(changes && { ':changes': changes }),
    },
  });
}
