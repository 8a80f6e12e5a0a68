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
import { keptDays, keys } from './keys.ts';

/** Which email it is, and its key in the list. */
export const troubleItem = (email: StoredEmail | UnreadableEmail, state: 'late' | 'failed') => ({
  ...keys.trouble(email, state),
  email_id: mailboxIdOf(email),
});

/** The list of a run's emails that came late or failed. */
export function troubleList(table: Table) {
  const listed = new ItemStore(table, 'an email that is listed');
  return {
    /** To be done before the end is written, so that no email in trouble is missing. */
    async list(email: StoredEmail, ending: Ending): Promise<void> {
      if (ending.state === 'sent' && ending.on_time) return;
      const trouble =
        ending.state === 'sent'
          ? { late_by_seconds: (ending.sent_at - email.deadline_at) / 1000 }
          : { reason: ending.reason, failed_at: ending.failed_at };
      const item = troubleItem(email, ending.state === 'sent' ? 'late' : 'failed');
      await listed.put(item, { ...item, ...trouble }, { keptDays });
    },

    /** To be done before the email is taken back: one that has failed anew since stays in the list. */
    async unlist(key: EmailKey, failedAt: number): Promise<void> {
      await listed.delete(keys.trouble(key, 'failed'), expr`failed_at = ${failedAt}`);
    },
  };
}
