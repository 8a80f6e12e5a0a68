import { isoTime } from '../../shared/clock.ts';
import type { Pauses } from '../../shared/store/batches.ts';
import { attribute, type Change, expr, joined } from '../../shared/store/expression.ts';
import { type Condition, ItemStore, type Retention } from '../../shared/store/item-store.ts';
import { expiresAt, type Table } from '../../shared/store/table.ts';
import type { Counts } from '../routes.ts';
import type { RunKey } from '../work/email.ts';
import type { EmailCounts, StoredRun } from '../work/run.ts';
import { givenPrefix, keys, lateOrFailedPrefix, retentionDays, runPartition } from './keys.ts';
import { runEmails } from './run-emails.ts';

/** An item ends at 400 KB. */
const pieceChars = 90_000;

export interface LateOrFailed {
  email_id: string;
  late_by_seconds?: number;
  reason?: string;
}

const isPending = expr`state = ${'pending'}`;

/** The runs: `RUN` in the run's partition, with what it was started with and its emails beside it. */
export function runStore(table: Table, pauses?: Pauses) {
  const runs = new ItemStore<StoredRun>(table, 'a run');
  const given = new ItemStore<{ text: string }>(table, 'what a run was given');
  const index = new ItemStore<LateOrFailed>(table, 'the emails that were late or failed');

  /** False if the condition did not hold. */
  const update = async (key: RunKey, change: Change & Condition & Retention): Promise<boolean> => {
    const { written } = await runs.updateIf(keys.run(key), change);
    return written;
  };

  return {
    ...runEmails(table, pauses),

    find: (key: RunKey): Promise<StoredRun | undefined> => runs.get(keys.run(key)),

    /** False if it exists already. `text` is the JSON text of its emails, if they came with the request. */
    async create(run: StoredRun, text = ''): Promise<boolean> {
      for (const [piece, part] of textPieces(text).entries()) {
        await given.put(keys.given(run, piece), { text: part }, { retentionDays });
      }
      const { written } = await runs.create(keys.run(run), run, { retentionDays });
      return written;
    },

    async given(key: RunKey): Promise<string> {
      const pieces = await given.all({ pk: runPartition(key), prefix: givenPrefix });
      return pieces.map(({ text }) => text).join('');
    },

    /** Leases a run that has not begun to this owner until then; false while another owner has it. */
    claimStart: (key: RunKey, owner: string, until: number) =>
      update(key, {
        set: { start_owner: owner, start_until: until },
        if: expr`${isPending} AND (attribute_not_exists(start_until) OR start_until <= ${table.clock.now()} OR start_owner = ${owner})`,
      }),
    /** Gives back a run that could not begin. */
    releaseStart: (key: RunKey, owner: string) =>
      update(key, { set: { start_until: 0 }, if: expr`start_owner = ${owner}` }),

    /** False if the run was no longer this owner's to begin. It is kept from then on, as its emails are. */
    begin: (key: RunKey, owner: string, begun: Partial<StoredRun>, retainedFrom: number) =>
      update(key, {
        set: { ...begun, state: 'running', expires_at: expiresAt(retainedFrom, retentionDays) },
        if: expr`${isPending} AND start_owner = ${owner}`,
      }),
    complete: (key: RunKey, counts: Counts) =>
      update(key, {
        set: { ...counts, state: 'completed', completed_at: isoTime(table.clock.now()) },
        if: expr`state = ${'running'}`,
      }),
    fail: (key: RunKey, problem: StoredRun['problem']) =>
      update(key, {
        set: { state: 'failed', problem, completed_at: isoTime(table.clock.now()) },
        if: isPending,
      }),

    /** Corrects the counts; false if they have changed since they were seen. */
    recount: (key: RunKey, counts: EmailCounts, seen: Counts) => {
      const names = Object.keys(counts) as (keyof EmailCounts)[];
      const unmoved = names.map((name) => expr`${attribute(name)} = ${seen[name]}`);
      return update(key, { set: counts, if: joined('AND', unmoved) });
    },

    /** Adds to the counts; the run as it is then. An addition whose answer was lost may be made twice. */
    count: (key: RunKey, counts: Partial<Counts>): Promise<StoredRun> =>
      runs.update(keys.run(key), { add: counts }),

    async lateOrFailed(
      key: RunKey,
      state: 'late' | 'failed',
      limit: number,
    ): Promise<LateOrFailed[]> {
      const range = { pk: runPartition(key), prefix: lateOrFailedPrefix(state) };
      const { items } = await index.page(range, { limit });
      return items;
    },
  };
}
export type RunStore = ReturnType<typeof runStore>;

/** Without halves of surrogate pairs, which DynamoDB cannot hold. */
function textPieces(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + pieceChars;
    const isSplit = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
    pieces.push(text.slice(at, isSplit ? end - 1 : end));
    at = isSplit ? end - 1 : end;
  }
  return pieces;
}
