import { isDeepStrictEqual } from 'node:util';
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Pauses, readBatches, systemPauses, writeBatches } from './batches.ts';
import {
  type Change,
  cursorAt,
  type Expression,
  expr,
  queryOf,
  type Range,
  type Reading,
  updateText,
  Wording,
} from './expression.ts';
import { conditionFailed, expiresAt, isExpired, type Key, storeCall, type Table } from './table.ts';

export interface Page<T> {
  items: T[];
  /** Where the next page begins; undefined on the last. */
  next: string | undefined;
}

/** How long an item that is written is kept. */
export interface Retention {
  retentionDays?: number;
}

export interface Condition {
  if: Expression;
  /**
   * Attributes that this write sets to values which no other write gives them. Where the condition fails and the item
   * has them, the write took effect, its answer was lost, and the SDK sent it again.
   */
  mine?: readonly string[];
}

/** Whether a write took effect, and the item as it is then; where it did not, the item is known only with `mine`. */
export type Written<T> = { written: true; item: T } | { written: false; item: T | undefined };

/**
 * The items of one kind in a table. An expired item counts as missing. What DynamoDB fails to do is an error of the code
 * `store`, which is retried; a condition that does not hold is an answer. `noun` names the items in errors: `a run`.
 */
export class ItemStore<T extends object = Record<string, unknown>> {
  readonly #table: Table;
  readonly #noun: string;
  readonly #pauses: Pauses;

  constructor(table: Table, noun: string, pauses: Pauses = systemPauses) {
    this.#table = table;
    this.#noun = noun;
    this.#pauses = pauses;
  }

  /** Reads what was written a moment ago too, unless `consistent` is false, which costs half. */
  async get(key: Key, { consistent = true } = {}): Promise<T | undefined> {
    const { Item: item } = await this.#call('read', () =>
      this.#table.client.send(
        new GetCommand({ TableName: this.#table.name, Key: key, ConsistentRead: consistent }),
      ),
    );
    return this.#unexpired([item])[0];
  }

  /** Writes the item, whatever was there. */
  async put(key: Key, attributes: object, kept: Retention = {}): Promise<void> {
    await this.#put(key, { ...attributes, ...this.#expiry(kept) });
  }

  /** Writes the item where the one that is there fulfils the condition. */
  putIf(key: Key, attributes: object, options: Condition & Retention): Promise<Written<T>> {
    const item = { ...attributes, ...this.#expiry(options) };
    return this.#unlessRefused(key, item, options.mine, async () => {
      await this.#put(key, item, options.if);
      return { ...key, ...item } as unknown as T;
    });
  }

  /** Writes the item where there is none. */
  create(
    key: Key,
    attributes: object,
    options: Retention & Pick<Condition, 'mine'> = {},
  ): Promise<Written<T>> {
    return this.putIf(key, attributes, { ...options, if: this.absent() });
  }

  /** Changes the item, which is made where there is none; the item as it is then. */
  update(key: Key, change: Change & Retention): Promise<T> {
    return this.#update(key, change);
  }

  /** Changes the item where it fulfils the condition. */
  updateIf(key: Key, change: Change & Retention & Condition): Promise<Written<T>> {
    const update = () => this.#update(key, change);
    return this.#unlessRefused(key, change.set ?? {}, change.mine, update);
  }

  /** Deletes the item, where it fulfils the condition; the item that was there. */
  async delete(key: Key, condition?: Expression): Promise<T | undefined> {
    const command = new DeleteCommand({
      TableName: this.#table.name,
      Key: key,
      ReturnValues: 'ALL_OLD',
      ...conditionOf(condition),
    });
    try {
      const answer = await this.#call('delete', () => this.#table.client.send(command));
      return answer.Attributes as T | undefined;
    } catch (error) {
      if (conditionFailed(error)) return undefined;
      throw error;
    }
  }

  /** There is no item under the key, or one that has expired. */
  absent(): Expression {
    return expr`attribute_not_exists(pk) OR expires_at <= ${Math.floor(this.#table.clock.now() / 1000)}`;
  }

  /** One page of a range, in the order of the keys. It may have fewer items than its limit, and a next page all the same. */
  async page(range: Range, reading: Reading = {}): Promise<Page<T>> {
    const answer = await this.#call('read', () =>
      this.#table.client.send(new QueryCommand(queryOf(this.#table.name, range, reading))),
    );
    const last = answer.LastEvaluatedKey;
    return {
      items: this.#unexpired(answer.Items ?? []),
      next: last && cursorAt(range, last),
    };
  }

  /** All items of a range, page by page as they are asked for. */
  async *each(range: Range, reading: Reading = {}): AsyncGenerator<T> {
    let { after } = reading;
    do {
      const page = await this.page(range, { ...reading, after });
      yield* page.items;
      after = page.next;
    } while (after !== undefined);
  }

  all(range: Range, reading: Reading = {}): Promise<T[]> {
    return Array.fromAsync(this.each(range, reading));
  }

  /** The items that there are of these, in the order of their keys. */
  async batchGet(keys: readonly Key[]): Promise<T[]> {
    const items = await readBatches(this.#table, `read ${this.#noun}`, keys, this.#pauses);
    const found = new Map(this.#unexpired(items).map((item) => [nameOf(item as Key & T), item]));
    return keys.flatMap((key) => found.get(nameOf(key)) ?? []);
  }

  /** Writes the items, whatever was there; those that are not written by `until` are an outage. */
  batchPut(items: readonly (Key & object)[], until: number): Promise<void> {
    const pauses = { ...this.#pauses, until };
    return writeBatches(this.#table, `write ${this.#noun}`, items, pauses);
  }

  #call<R>(verb: string, send: () => Promise<R>): Promise<R> {
    return storeCall(`${verb} ${this.#noun}`, send);
  }

  #expiry({ retentionDays }: Retention): { expires_at?: number } {
    if (retentionDays === undefined) return {};
    return { expires_at: expiresAt(this.#table.clock.now(), retentionDays) };
  }

  #unexpired(items: readonly (object | undefined)[]): T[] {
    const now = this.#table.clock.now();
    return items.filter((item) => item !== undefined && !isExpired(item, now)) as T[];
  }

  async #put(key: Key, attributes: object, condition?: Expression): Promise<void> {
    const Item = { ...key, ...attributes };
    const command = new PutCommand({
      TableName: this.#table.name,
      Item,
      ...conditionOf(condition),
    });
    await this.#call('write', () => this.#table.client.send(command));
  }

  async #update(key: Key, change: Change & Retention & Partial<Condition>): Promise<T> {
    const wording = new Wording();
    const set = { ...change.set, ...this.#expiry(change) };
    const command = new UpdateCommand({
      TableName: this.#table.name,
      Key: key,
      UpdateExpression: updateText({ ...change, set }, wording),
      ConditionExpression: change.if && wording.text(change.if),
      ...wording.attributes,
      ReturnValues: 'ALL_NEW',
    });
    const { Attributes: item } = await this.#call('change', () => this.#table.client.send(command));
    return item as T;
  }

  async #unlessRefused(
    key: Key,
    wanted: Readonly<Record<string, unknown>>,
    mine: readonly string[] | undefined,
    write: () => Promise<T>,
  ): Promise<Written<T>> {
    try {
      return { written: true, item: await write() };
    } catch (error) {
      if (!conditionFailed(error)) throw error;
    }
    const item = mine && (await this.get(key));
    if (!mine || !item) return { written: false, item };
    const there = item as Readonly<Record<string, unknown>>;
    const isMine = (name: string) =>
      wanted[name] !== undefined && isDeepStrictEqual(there[name], wanted[name]);
    return { written: mine.every(isMine), item };
  }
}

function conditionOf(condition: Expression | undefined) {
  if (!condition) return {};
  const wording = new Wording();
  return { ConditionExpression: wording.text(condition), ...wording.attributes };
}

const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;
