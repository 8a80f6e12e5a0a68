import { BatchGetCommand, BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '../clock.ts';
import { EngineError, retryLater } from '../errors.ts';
import { chunks, inParallel } from '../in-parallel.ts';
import { type Key, storeCall, type Table } from './table.ts';

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

/** How pauses are made and drawn. */
export interface Pauses {
  sleep: Clock['sleep'];
  random: () => number;
}

export const systemPauses: Pauses = { sleep: systemClock.sleep, random: Math.random };

const firstPauseMs = 50;
const maxPauseMs = 2_000;
const throttled = /^(ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded)/;

/**
 * Sends a batch, and again what of it is left undone: DynamoDB does of a batch what a partition has room for
 * (1,000 writes a second). `send` gives what is left. Pauses double from 50 ms to 2 s, the upper half by chance;
 * nothing is sent from `until` on, in milliseconds since the epoch: then it throws `retry`, as an outage.
 */
export async function retryUnprocessed<T>(
  what: string,
  batch: T[],
  send: (left: T[]) => Promise<T[]>,
  { clock, sleep, random, until }: Pauses & Pick<Table, 'clock'> & { until: number },
): Promise<void> {
  let left = batch;
  for (let tries = 0; left.length > 0; tries++) {
    const pauseMs = tries === 0 ? 0 : pauseAfter(tries, random);
    if (clock.now() + pauseMs >= until) {
      const undone = `${left.length} of ${batch.length} are left undone`;
      throw retryLater('store', `DynamoDB has no capacity to ${what}: ${undone}.`);
    }
    if (pauseMs > 0) await sleep(pauseMs);
    left = await storeCall(what, () => send(left)).catch((error) => {
      if (isThrottled(error)) return left;
      throw error;
    });
  }
}

const pauseAfter = (tries: number, random: () => number): number =>
  (Math.min(maxPauseMs, firstPauseMs * 2 ** (tries - 1)) * (1 + random())) / 2;

/** Nothing of the batch was done. */
const isThrottled = (error: unknown): boolean =>
  error instanceof EngineError && error.cause instanceof Error && throttled.test(error.cause.name);
