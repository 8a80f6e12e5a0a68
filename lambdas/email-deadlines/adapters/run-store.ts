import {
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { isoTime } from '../../runtime/clock.ts';
import { conditionFailed, expiresAt, storeCall, type Table } from '../../vendors/aws/table.ts';
import type { Counts } from '../contract.ts';
import type { StoredEmail } from '../domain/email.ts';
import type { RunKey } from '../domain/ports.ts';
import type { StoredRun } from '../domain/run.ts';
import { emailPrefix, givenPrefix, keptDays, keys, runPartition, troublePrefix } from './keys.ts';

const batchWrites = 25;
const parallelBatches = 8;
const dependentsPerItem = 500;
/** An item ends at 400 KB. */
const pieceChars = 90_000;

type Item = Record<string, unknown>;

export interface Trouble {
  email_id: string;
  late_by_seconds?: number;
  reason?: string;
}

/** The runs: `RUN` in the run's partition, with what it was started with and its emails beside it. */
export function runStore(table: Table) {
  const expires = () => expiresAt(table.clock.now(), keptDays);
  const query = async (
    key: RunKey,
    prefix: string,
    more: { limit?: number; after?: string } = {},
  ) => {
    const page = await storeCall('read a run', () =>
      table.client.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': runPartition(key), ':prefix': prefix },
          Limit: more.limit,
          ...(more.after !== undefined && {
            ExclusiveStartKey: { pk: runPartition(key), sk: prefix + more.after },
          }),
        }),
      ),
    );
    const last: unknown = page.LastEvaluatedKey?.['sk'];
    return {
      items: page.Items ?? [],
      next: typeof last === 'string' ? last.slice(prefix.length) : undefined,
    };
  };
  const all = async (key: RunKey, prefix: string): Promise<Item[]> => {
    const items: Item[] = [];
    let after: string | undefined;
    do {
      const page = await query(key, prefix, after === undefined ? {} : { after });
      items.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return items;
  };
  const change = async (key: RunKey, update: Item, from?: string): Promise<boolean> => {
    const changes = Object.entries(update);
    try {
      await storeCall('change a run', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.run(key),
            UpdateExpression: `SET ${changes.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
            ConditionExpression: from ? '#state = :from' : 'attribute_exists(pk)',
            ExpressionAttributeNames: {
              ...Object.fromEntries(changes.map(([name], index) => [`#n${index}`, name])),
              ...(from && { '#state': 'state' }),
            },
            ExpressionAttributeValues: {
              ...Object.fromEntries(changes.map(([, value], index) => [`:v${index}`, value])),
              ...(from && { ':from': from }),
            },
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

    /** Writes the emails with their dependents; may be repeated before any of them is worked on. */
    async writeEmails(
      emails: StoredEmail[],
      dependents: ReadonlyMap<string, string[]>,
    ): Promise<void> {
      const items = emails.flatMap((email) => [
        { ...keys.email(email), ...email, expires_at: expires() },
        ...piecesOf(dependents.get(email.email_id) ?? []).map((email_ids, piece) => ({
          ...keys.dependents(email, piece),
          email_ids,
          expires_at: expires(),
        })),
      ]);
      const batches = chunks(items, batchWrites);
      const work = Array.from({ length: parallelBatches }, async () => {
        for (let batch = batches.shift(); batch; batch = batches.shift()) {
          await writeAll(table, batch);
        }
      });
      await Promise.all(work);
    },

    /** False when the run was not in that state any more. */
    begin: (key: RunKey, update: Partial<StoredRun>) =>
      change(key, { ...update, state: 'running' }, 'pending'),
    complete: (key: RunKey, counts: Counts) =>
      change(
        key,
        { ...counts, state: 'completed', completed_at: isoTime(table.clock.now()) },
        'running',
      ),
    fail: (key: RunKey, problem: StoredRun['problem']) =>
      change(
        key,
        { state: 'failed', problem, completed_at: isoTime(table.clock.now()) },
        'pending',
      ),

    /** Adds to the counts; the run as it is then. */
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

    async emails(key: RunKey, limit: number, after?: string) {
      const page = await query(key, emailPrefix, { limit, ...(after !== undefined && { after }) });
      return { items: page.items as unknown as StoredEmail[], next: page.next };
    },

    allEmails: async (key: RunKey) => (await all(key, emailPrefix)) as unknown as StoredEmail[],

    async trouble(key: RunKey, state: 'late' | 'failed', limit: number): Promise<Trouble[]> {
      const { items } = await query(key, troublePrefix(state), { limit });
      return items as unknown as Trouble[];
    },
  };
}
export type RunStore = ReturnType<typeof runStore>;

const put = (table: Table, item: Item, condition?: string) =>
  storeCall('write a run', () =>
    table.client.send(
      new PutCommand({ TableName: table.name, Item: item, ConditionExpression: condition }),
    ),
  );

async function writeAll(table: Table, items: Item[]): Promise<void> {
  let left: Record<string, unknown[]> = {
    [table.name]: items.map((item) => ({ PutRequest: { Item: item } })),
  };
  for (let tries = 0; Object.keys(left).length > 0; tries++) {
    if (tries > 8) throw new Error('DynamoDB leaves writes undone again and again.');
    const request = left;
    const { UnprocessedItems: undone = {} } = await storeCall('write emails', () =>
      table.client.send(new BatchWriteCommand({ RequestItems: request as never })),
    );
    left = undone;
  }
}

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

const piecesOf = (ids: string[]): string[][] => chunks(ids, dependentsPerItem);

function chunks<T>(list: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
