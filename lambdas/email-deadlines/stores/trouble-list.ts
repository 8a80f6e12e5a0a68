import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { conditionFailed, expiresAt, storeCall, type Table } from '../../shared/store/table.ts';
import {
  type EmailKey,
  type Ending,
  mailboxIdOf,
  type StoredEmail,
  type UnreadableEmail,
} from '../work/email.ts';
import { keptDays, keys } from './keys.ts';

/** Which email it is, and its key in the list. */
export const troubleItem = (email: StoredEmail | UnreadableEmail, state: 'late' | 'failed') => ({
  ...keys.trouble(email, state),
  email_id: mailboxIdOf(email),
});

/** Written before the end, so that no email in trouble is missing from the list of them. */
export async function listTrouble(table: Table, email: StoredEmail, ending: Ending): Promise<void> {
  const isLate = ending.state === 'sent' && !ending.on_time;
  if (ending.state === 'sent' && !isLate) return;
  await storeCall('list an email', () =>
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          ...troubleItem(email, isLate ? 'late' : 'failed'),
          ...(ending.state === 'sent'
            ? { late_by_seconds: (ending.sent_at - email.deadline_at) / 1000 }
            : { reason: ending.reason, failed_at: ending.failed_at }),
          expires_at: expiresAt(table.clock.now(), keptDays),
        },
      }),
    ),
  );
}

/** Before the email is taken back: one that has failed anew since stays in the list. */
export async function unlistTrouble(table: Table, key: EmailKey, failedAt: number): Promise<void> {
  const command = new DeleteCommand({
    TableName: table.name,
    Key: keys.trouble(key, 'failed'),
    ConditionExpression: 'failed_at = :at',
    ExpressionAttributeValues: { ':at': failedAt },
  });
  try {
    await storeCall('unlist an email', () => table.client.send(command));
  } catch (error) {
    if (!conditionFailed(error)) throw error;
  }
}
