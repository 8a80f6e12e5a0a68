import { BatchGetCommand, BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { chunks } from '../chunks.ts';
import { inParallel } from '../in-parallel.ts';
import { type Pauses, retryUnprocessed } from './retry-unprocessed.ts';
import type { Key, Table } from './table.ts';

/** What DynamoDB takes at once. */
const [keysAtOnce, writesAtOnce] = [100, 25];
/** A partition takes 1,000 writes a second: more batches at once would only be left undone. */
const parallelBatches = 3;
/** How long reading a batch may take that DynamoDB has no room for. */
const maxReadingMs = 5_000;

/** Reads the items of these keys, in no order. */
export async function readBatches(
  { client, name, clock }: Table,
  what: string,
  keys: readonly Key[],
  pauses: Pauses,
): Promise<object[]> {
  const items: object[] = [];
  const read = async (left: Key[]): Promise<Key[]> => {
    const { Responses: found, UnprocessedKeys: undone } = await client.send(
      new BatchGetCommand({ RequestItems: { [name]: { Keys: left, ConsistentRead: true } } }),
    );
    items.push(...(found?.[name] ?? []));
    return (undone?.[name]?.Keys ?? []) as Key[];
  };
  for (const batch of chunks(keys, keysAtOnce)) {
    const bounds = { ...pauses, clock, until: clock.now() + maxReadingMs };
    await retryUnprocessed(what, batch, read, bounds);
  }
  return items;
}

/** Writes the items, whatever was there; nothing is sent from `until` on. */
export async function writeBatches(
  { client, name, clock }: Table,
  what: string,
  items: readonly object[],
  pauses: Pauses & { until: number },
): Promise<void> {
  const write = async (left: object[]): Promise<object[]> => {
    const { UnprocessedItems: undone } = await client.send(
      new BatchWriteCommand({ RequestItems: { [name]: left } }),
    );
    return undone?.[name] ?? [];
  };
  const writes = items.map((Item) => ({ PutRequest: { Item } }));
  await inParallel(chunks(writes, writesAtOnce), parallelBatches, (batch) =>
    retryUnprocessed(what, batch, write, { ...pauses, clock }),
  );
}
