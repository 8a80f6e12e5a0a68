import { randomBytes } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Channel } from '../contract.ts';
import { expiresAt, keys } from './keys.ts';
import { conditionFailed, storeCall, type Table } from './table.ts';

/** A customer of one business number, known by an id that tells nothing about the person. */
export interface Customer {
  conversation_id: string;
  thread_id?: string;
  opted_out?: boolean;
  /** The newest messages that changed the opt-out, so that a repeated webhook cannot undo a later one. */
  consent_sids?: string[];
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

export function customerDirectory(table: Table): CustomerDirectory {
  const keyOf = (channel: Channel, address: string) =>
    keys.customer(channel.company_id, channel.number, address);

  return {
    async customerOf(channel, address) {
      const { Attributes: item } = await storeCall('find a customer', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keyOf(channel, address),
            UpdateExpression:
              'SET conversation_id = if_not_exists(conversation_id, :new), last_inbound_at = :now, ' +
              'company_id = :company, project_id = :project, expires_at = :expires',
            ExpressionAttributeValues: {
              ':new': `c_${randomBytes(16).toString('hex')}`,
              ':now': new Date(table.clock.now()).toISOString(),
              ':company': channel.company_id,
              ':project': channel.project_id,
              ':expires': expiresAt(table.clock.now(), table.retentionDays),
            },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return item as Customer;
    },

    async setOptOut(channel, address, { customer, optedOut, messageSid }) {
      const before = customer.consent_sids ?? [];
      if (before.includes(messageSid)) return false;
      const change = new UpdateCommand({
        TableName: table.name,
        Key: keyOf(channel, address),
        // An opt-out outlives the retention of messages: it has no expiry.
        UpdateExpression: `SET opted_out = :out, consent_sids = :after${optedOut ? ' REMOVE expires_at' : ''}`,
        ConditionExpression: before.length
          ? 'consent_sids = :before'
          : 'attribute_not_exists(consent_sids)',
        ExpressionAttributeValues: {
          ':out': optedOut,
          ':after': [...before, messageSid].slice(-keptConsentSids),
          ...(before.length && { ':before': before }),
        },
      });
      try {
        await storeCall('set an opt-out', () => table.client.send(change));
        return true;
      } catch (error) {
        if (!conditionFailed(error)) throw error;
        const current = await this.customerOf(channel, address);
        return this.setOptOut(channel, address, { customer: current, optedOut, messageSid });
      }
    },
  };
}
