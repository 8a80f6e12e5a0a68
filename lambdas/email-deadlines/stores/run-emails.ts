import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { inParallel } from '../../shared/in-parallel.ts';
import { type Pauses, wholeBatch } from '../../shared/store/retry-unprocessed.ts';
import { expiresAt, type Table } from '../../shared/store/table.ts';
import type { EmailKey, StoredEmail, UnreadableEmail } from '../work/email.ts';
import type { RunKey } from '../work/ports.ts';
import { countsOf, type EmailCounts } from '../work/run.ts';
import { emailPrefix, keptDays, keys } from './keys.ts';
import { runItems } from './run-partition.ts';
import { troubleItem } from './trouble-list.ts';

const batchWrites = 25;
/** All of a run is one partition, which takes 1,000 writes a second: more at once would only be left undone. */
const parallelBatches = 3;
const dependentsPerItem = 500;

/** How long the writing may go on, and from when on the emails are kept, in milliseconds since the epoch. */
export interface Writing {
  until: number;
  keptFrom: number;
}

/** The emails of a run as a whole, beside the run's own item. */
export function runEmails(table: Table, pauses: Pauses) {
  const { page, all } = runItems(table);
  return {
    /** Writes the emails with their dependents; may be repeated before any of them is worked on. */
    async writeEmails(
      emails: StoredEmail[],
      dependents: ReadonlyMap<string, string[]>,
      { until, keptFrom }: Writing,
      failed: readonly UnreadableEmail[] = [],
    ): Promise<void> {
      const expires_at = expiresAt(keptFrom, keptDays);
      const items = emails.flatMap((email) => [
        { ...keys.email(email), ...email, expires_at },
        ...chunks(dependents.get(email.email_id) ?? [], dependentsPerItem).map(
          (email_ids, piece) => ({ ...keys.dependents(email, piece), email_ids, expires_at }),
        ),
      ]);
      const failedItems = failed.flatMap((email) => [
        { ...keys.email(email), ...email, expires_at },
        {
          ...troubleItem(email, 'failed'),
          reason: email.reason,
          failed_at: email.failed_at,
          expires_at,
        },
      ]);
      const writes = [...items, ...failedItems].map(
        (item): Write => ({ PutRequest: { Item: item } }),
      );
      const bounds = { ...pauses, clock: table.clock, until };
      await inParallel(chunks(writes, batchWrites), parallelBatches, (batch) =>
        wholeBatch('write emails', batch, (left) => written(table, left), bounds),
      );
    },

    async emails(key: RunKey, limit: number, after?: string) {
      const found = await page(key, emailPrefix, {
        limit,
        ...(after !== undefined && { after }),
      });
      return { items: found.items as unknown as StoredEmail[], next: found.next };
    },

    /** One whose id could be no key of the run, by that id or by its place in the list. */
    async emailAtItsPlace({ email_id, ...key }: EmailKey): Promise<StoredEmail | undefined> {
      const placed = (await all(key, `${emailPrefix}#`)) as unknown as StoredEmail[];
      return placed.find((one) => one.email_id === email_id || one.mailbox_id === email_id);
    },

    allEmails: async (key: RunKey) => (await all(key, emailPrefix)) as unknown as StoredEmail[],

    /** The counts of a run as its emails say them: exact, and as dear as reading all of them. */
    async tally(key: RunKey): Promise<EmailCounts> {
      const reading = { isExact: true, only: ['state', 'on_time'] };
      return countsOf((await all(key, emailPrefix, reading)) as never);
    },
  };
}

type Write = { PutRequest: { Item: object } };

async function written(table: Table, writes: Write[]): Promise<Write[]> {
  const RequestItems = { [table.name]: writes } as never;
  const { UnprocessedItems: undone = {} } = await table.client.send(
    new BatchWriteCommand({ RequestItems }),
  );
  return (undone[table.name] ?? []) as Write[];
}

function chunks<T>(list: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
