import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { conditionFailed, storeCall } from '../../shared/store/table.ts';
import type { MessageStatus } from '../messages.ts';
import { statusesBefore } from '../work/delivery.ts';
import type { ReplyReference } from '../work/reply-reference.ts';
import { keys } from './keys.ts';
import { type ConversationsTable, expiryOf } from './table.ts';

export interface DeliveryReport {
  reference: ReplyReference;
  messageSid: string;
  status: MessageStatus;
  errorCode?: number;
}

export interface DeliveryStore {
  /** Moves the message's status forward; false when it is there or further already. */
  report(report: DeliveryReport): Promise<boolean>;
}

export const deliveryStore = (table: ConversationsTable): DeliveryStore => ({
  async report({ reference, messageSid, status, errorCode }) {
    const before = statusesBefore(status);
    const names = before.map((_, index) => `:b${index}`);
    const isBefore = names.length > 0 ? ` OR #status IN (${names.join(', ')})` : '';
    const command = new UpdateCommand({
      TableName: table.name,
      Key: keys.reply(reference, reference.message_key),
      UpdateExpression:
        'SET #status = :status, message_sid = if_not_exists(message_sid, :sid), ' +
        'status_updated_at = :now, #at = :now, expires_at = if_not_exists(expires_at, :expires)' +
        (errorCode === undefined ? '' : ', error_code = :error'),
      // A resent part has two messages; the one that is recorded is the one that counts.
      ConditionExpression:
        '(attribute_not_exists(message_sid) OR message_sid = :sid) AND ' +
        `(attribute_not_exists(#status)${isBefore})`,
      ExpressionAttributeNames: { '#status': 'status', '#at': `${status}_at` },
      ExpressionAttributeValues: {
        ':status': status,
        ':sid': messageSid,
        ':now': new Date(table.clock.now()).toISOString(),
        ':expires': await expiryOf(table, reference.company_id),
        ...Object.fromEntries(before.map((value, index) => [`:b${index}`, value])),
        ...(errorCode !== undefined && { ':error': errorCode }),
      },
    });
    try {
      await storeCall('record a delivery status', () => table.client.send(command));
      return true;
    } catch (error) {
      if (conditionFailed(error)) return false;
      throw error;
    }
  },
});
