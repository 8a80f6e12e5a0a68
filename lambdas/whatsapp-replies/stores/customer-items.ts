import { randomBytes } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Channel } from '../messages.ts';
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

/** Where a customer is kept, whichever name they have written from. */
export interface KeptAt {
  address: string;
}

const keptConsentSids = 10;

/** Adds a name that leads to the customer whose item it is. */
export const knownAs = (table: ConversationsTable, key: Record<string, string>, name: string) =>
  new UpdateCommand({
    TableName: table.name,
    Key: key,
    UpdateExpression: 'ADD known_as :names',
    ExpressionAttributeValues: { ':names': new Set([name]) },
  });

/** The item of another name; it is kept as long as the opt-out of the customer that it leads to. */
export async function linkTo(
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
export async function wrote(
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

/** Sets or clears the opt-out, unless it was changed since this view of the customer. */
export function consentChange(
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
