import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isoTime } from '../../shared/clock.ts';
import { type Pauses, systemPauses } from '../../shared/store/retry-unprocessed.ts';
import { conditionFailed, expiresAt, storeCall, type Table } from '../../shared/store/table.ts';
import type { Counts } from '../routes.ts';
import type { RunKey } from '../work/ports.ts';
import type { EmailCounts, StoredRun } from '../work/run.ts';
import { givenPrefix, keptDays, keys, troublePrefix } from './keys.ts';
import { runEmails } from './run-emails.ts';
import { runItems } from './run-partition.ts';

/** An item ends at 400 KB. */
const pieceChars = 90_000;

type Item = Record<string, unknown>;

export interface Trouble {
  email_id: string;
  late_by_seconds?: number;
  reason?: string;
}

/** The runs: `RUN` in the run's partition, with what it was started with and its emails beside it. */
export function runStore(table: Table, pauses: Pauses = systemPauses) {
  const expires = () => expiresAt(table.clock.now(), keptDays);
  const { page, all } = runItems(table);

  /** False when the condition did not hold. */
  const update = async (
    key: RunKey,
    set: Item,
    condition: string,
    seen: Item = {},
  ): Promise<boolean> => {
    const changes = Object.keys(set);
    const values = { ...set, ...seen };
    try {
      await storeCall('change a run', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.run(key),
            UpdateExpression: `SET ${changes.map((name) => `#${name} = :${name}`).join(', ')}`,
            ConditionExpression: condition,
            ExpressionAttributeNames: namesIn(condition, changes),
            ExpressionAttributeValues: Object.fromEntries(
              Object.entries(values).map(([name, value]) => [`:${name}`, value]),
            ),
          }),
        ),
      );
      return true;
    } catch (error) {
      if (conditionFailed(error)) return false;
      throw error;
    }
  };

  return {
    ...runEmails(table, pauses),

    async find(key: RunKey): Promise<StoredRun | undefined> {
      const { Item: item } = await storeCall('read a run', () =>
        table.client.send(
          new GetCommand({ TableName: table.name, Key: keys.run(key), ConsistentRead: true }),
        ),
      );
      return item as StoredRun | undefined;
    },

    /** False when it is there already. `given` is the JSON text of its emails, where they came with the request. */
    async create(run: StoredRun, given?: string): Promise<boolean> {
      for (const [piece, text] of textPieces(given ?? '').entries()) {
        await put(table, { ...keys.given(run, piece), text, expires_at: expires() });
      }
      try {
        const item = { ...keys.run(run), ...run, expires_at: expires() };
        await put(table, item, 'attribute_not_exists(pk)');
        return true;
      } catch (error) {
        if (conditionFailed(error)) return false;
        throw error;
      }
    },

    async given(key: RunKey): Promise<string> {
      const pieces = await all(key, givenPrefix);
      return pieces.map((piece) => String(piece['text'])).join('');
    },

    /** Takes a run that has not begun, for this owner until then; false while another has it. */
    claimStart: (key: RunKey, owner: string, until: number) =>
      update(
        key,
        { start_owner: owner, start_until: until },
        '#state = :pending AND (attribute_not_exists(#start_until) OR #start_until <= :now OR #start_owner = :start_owner)',
        { pending: 'pending', now: table.clock.now() },
      ),
    /** Gives back a run that could not begin. */
    releaseStart: (key: RunKey, owner: string) =>
      update(key, { start_until: 0 }, '#start_owner = :owner', { owner }),

    /** False when the run was not this owner's to begin any more. It is kept from then on, as its emails are. */
    begin: (key: RunKey, owner: string, begun: Partial<StoredRun>, keptFrom: number) =>
      update(
        key,
        { ...begun, state: 'running', expires_at: expiresAt(keptFrom, keptDays) },
        '#state = :pending AND #start_owner = :owner',
        { pending: 'pending', owner },
      ),
    complete: (key: RunKey, counts: Counts) =>
      update(
        key,
        { ...counts, state: 'completed', completed_at: isoTime(table.clock.now()) },
        '#state = :running',
        { running: 'running' },
      ),
    fail: (key: RunKey, problem: StoredRun['problem']) =>
      update(
        key,
        { state: 'failed', problem, completed_at: isoTime(table.clock.now()) },
        '#state = :pending',
        { pending: 'pending' },
      ),

    /** Corrects the counts; false where they have moved since they were seen. */
    recount: (key: RunKey, counts: EmailCounts, seen: Counts) =>
      update(
        key,
        counts,
        Object.keys(counts)
          .map((name) => `#${name} = :seen_${name}`)
          .join(' AND '),
        Object.fromEntries(
          Object.keys(counts).map((name) => [`seen_${name}`, seen[name as keyof Counts]]),
        ),
      ),

    /** Adds to the counts; the run as it is then. An addition whose answer was lost may be made twice. */
    async count(key: RunKey, counts: Partial<Counts>): Promise<StoredRun> {
      const changes = Object.entries(counts);
      const { Attributes: item } = await storeCall('count a run', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.run(key),
            UpdateExpression: `ADD ${changes.map(([name]) => `#${name} :${name}`).join(', ')}`,
            ExpressionAttributeNames: Object.fromEntries(
              changes.map(([name]) => [`#${name}`, name]),
            ),
            ExpressionAttributeValues: Object.fromEntries(
              changes.map(([name, value]) => [`:${name}`, value]),
            ),
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return item as StoredRun;
    },

    async trouble(key: RunKey, state: 'late' | 'failed', limit: number): Promise<Trouble[]> {
      const { items } = await page(key, troublePrefix(state), { limit });
      return items as unknown as Trouble[];
    },
  };
}
export type RunStore = ReturnType<typeof runStore>;

/** The names that the expressions use. */
const namesIn = (condition: string, changes: string[]): Record<string, string> => {
  const used = condition.matchAll(/#(\w+)/g).map(([, name = '']) => name);
  return Object.fromEntries([...used, ...changes].map((name) => [`#${name}`, name]));
};

const put = (table: Table, item: Item, condition?: string) =>
  storeCall('write a run', () =>
    table.client.send(
      new PutCommand({ TableName: table.name, Item: item, ConditionExpression: condition }),
    ),
  );

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
