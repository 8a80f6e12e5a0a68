import { chunks } from '../../shared/in-parallel.ts';
import type { Pauses } from '../../shared/store/batches.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import { expiresAt, type Table } from '../../shared/store/table.ts';
import type { EmailKey, RunKey, StoredEmail, UnreadableEmail } from '../work/email.ts';
import { countsOf, type EmailCounts } from '../work/run.ts';
import { emailPrefix, keys, retentionDays, runPartition } from './keys.ts';
import { lateOrFailedItem } from './late-or-failed-index.ts';

const dependentsPerItem = 500;

/** How long the writing may take, and from when the retention counts, in milliseconds since the epoch. */
export interface Writing {
  until: number;
  retainedFrom: number;
}

/** The emails of a run as a whole, beside the run's own item. */
export function runEmails(table: Table, pauses?: Pauses) {
  const stored = new ItemStore<StoredEmail>(table, 'the emails of a run', pauses);
  const rangeOf = (key: RunKey, prefix = emailPrefix) => ({ pk: runPartition(key), prefix });
  return {
    /** Writes the emails with their dependents; may be repeated before any of them is worked on. */
    async writeEmails(
      emails: StoredEmail[],
      dependents: ReadonlyMap<string, string[]>,
      { until, retainedFrom }: Writing,
      failed: readonly UnreadableEmail[] = [],
    ): Promise<void> {
      const items = emails.flatMap((email) => [
        { ...keys.email(email), ...email },
        ...chunks(dependents.get(email.email_id) ?? [], dependentsPerItem).map(
          (email_ids, piece) => ({ ...keys.dependents(email, piece), email_ids }),
        ),
      ]);
      const failedItems = failed.flatMap((email) => [
        { ...keys.email(email), ...email },
        { ...lateOrFailedItem(email, 'failed'), reason: email.reason, failed_at: email.failed_at },
      ]);
      const expires_at = expiresAt(retainedFrom, retentionDays);
      const all = [...items, ...failedItems].map((item) => ({ ...item, expires_at }));
      await stored.batchPut(all, until);
    },

    emails: (key: RunKey, limit: number, after?: string) =>
      stored.page(rangeOf(key), { limit, after }),

    /** One whose id could be no key of the run, by that id or by its place in the list. */
    async emailAtItsPlace({ email_id, ...key }: EmailKey): Promise<StoredEmail | undefined> {
      const placed = await stored.all(rangeOf(key, `${emailPrefix}#`));
      return placed.find((one) => one.email_id === email_id || one.mailbox_id === email_id);
    },

    allEmails: (key: RunKey) => stored.all(rangeOf(key)),

    /** The counts of a run as its emails say them: exact, and as expensive as reading all of them. */
    async tally(key: RunKey): Promise<EmailCounts> {
      return countsOf(
        await stored.all(rangeOf(key), { consistent: true, only: ['state', 'on_time'] }),
      );
    },
  };
}
