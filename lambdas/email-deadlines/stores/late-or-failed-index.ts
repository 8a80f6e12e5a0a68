import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import {
  type EmailKey,
  type Ending,
  mailboxIdOf,
  type StoredEmail,
  type UnreadableEmail,
} from '../work/email.ts';
import { keys, retentionDays } from './keys.ts';

/** Which email it is, and its key in the index. */
export const lateOrFailedItem = (
  email: StoredEmail | UnreadableEmail,
  state: 'late' | 'failed',
) => ({
  ...keys.lateOrFailed(email, state),
  email_id: mailboxIdOf(email),
});

/** The index of a run's emails that were late or failed. */
export function lateOrFailedIndex(table: Table) {
  const listed = new ItemStore(table, 'a late or failed email');
  return {
    /** To be done before the end is written, so that no such email is missing. */
    async add(email: StoredEmail, ending: Ending): Promise<void> {
      if (ending.state === 'sent' && ending.on_time) return;
      const details =
        ending.state === 'sent'
          ? { late_by_seconds: (ending.sent_at - email.deadline_at) / 1000 }
          : { reason: ending.reason, failed_at: ending.failed_at };
      const item = lateOrFailedItem(email, ending.state === 'sent' ? 'late' : 'failed');
      await listed.put(item, { ...item, ...details }, { retentionDays });
    },

    /** To be done before the email is taken back: one that has failed again since stays in the index. */
    async remove(key: EmailKey, failedAt: number): Promise<void> {
      await listed.delete(keys.lateOrFailed(key, 'failed'), expr`failed_at = ${failedAt}`);
    },
  };
}
