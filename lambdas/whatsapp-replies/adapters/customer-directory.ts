import { randomBytes } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { retryLater } from '../../runtime/errors.ts';
import { conditionFailed, storeCall } from '../../vendors/aws/table.ts';
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
}

export interface CustomerDirectory {
  /** Finds or makes the customer who writes to this channel, and notes that they wrote now. */
  customerOf(channel: Channel, address: string): Promise<Customer>;
  /** Sets or clears the opt-out; false when that message had done so before. */
  setOptOut(
    channel: Channel,
    address: string,
    change: { customer: Customer; optedOut: boolean; messageSid: string },
  ): Promise<boolean>;
}

const keptConsentSids = 10;
const maxTries = 5;

export function customerDirectory(table: ConversationsTable): CustomerDirectory {
  const keyOf = (channel: Channel, address: string) =>
    keys.customer(channel.company_id, channel.number, address);

  return {
    async customerOf(channel, address) {
      const key = keyOf(channel, address);
      try {
        return await storeCall('find a customer', () => wrote(table, key, channel, 'expiring'));
      } catch (error) {
        if (!conditionFailed(error)) throw error;
        return storeCall('find a customer', () => wrote(table, key, channel, 'opted out'));
      }
    },

    async setOptOut(channel, address, { customer, optedOut, messageSid }) {
      let current = customer;
      for (let tries = 0; tries < maxTries; tries++) {
        if (current.consent_sids?.includes(messageSid)) return false;
        try {
          const change = consentChange(
            table,
            keyOf(channel, address),
            current,
            optedOut,
            messageSid,
          );
          await storeCall('set an opt-out', () => table.client.send(change));
          return true;
        } catch (error) {
          if (!conditionFailed(error)) throw error;
          current = await this.customerOf(channel, address);
        }
      }
      throw retryLater(
        'consent_contended',
        `The opt-out of ${customer.conversation_id} changes all the time.`,
      );
    },
  };
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
