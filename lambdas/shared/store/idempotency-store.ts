import { createHash, randomUUID } from 'node:crypto';
import { expr } from './expression.ts';
import { ItemStore } from './item-store.ts';
import type { Key, Table } from './table.ts';

export interface IdempotencyOptions {
  keyOf(tenantId: string, keyHash: string): Key;
  /**
   * For how long the request that has acquired a key has it to itself; after that it has surely died. Undefined where
   * nothing is made twice although two requests make it, because each write is conditional.
   */
  exclusiveSeconds?: number;
}

/** A request with an idempotency key. */
export interface KeyedRequest<Kept, Made> {
  key: string;
  /** The forms of the request under which the key may be known; it is kept with the first. */
  forms: readonly [string, ...string[]];
  /** What is decided with the key, such as the id, so that whoever continues creates the same thing. */
  wanted: Kept;
  /** In seconds since the epoch. */
  expires_at: number;
  /** The thing that was made under this id. */
  find(kept: Kept): Promise<Made | undefined>;
}

/**
 * What becomes of a request with an idempotency key: it makes the thing, another one makes it now, it was made before,
 * or the key belongs to another request. `release` lets the next request with the key continue at once.
 */
export type Acquisition<Kept, Made> =
  | { kind: 'acquired'; kept: Kept; release(): Promise<void> }
  | { kind: 'inProgress' }
  | { kind: 'completed'; made: Made }
  | { kind: 'reused' };

interface KeyItem {
  request_hash: string;
  /** In milliseconds since the epoch. */
  in_flight_until?: number;
  taken_by?: string;
}

/** Whether a request with an idempotency key makes its thing: each key of a tenant stands for one request and one thing. */
export function idempotencyStore<Kept extends object>(
  table: Table,
  { keyOf, exclusiveSeconds }: IdempotencyOptions,
) {
  const items = new ItemStore<KeyItem & Kept>(table, 'an idempotency key');

  const lease = () =>
    exclusiveSeconds !== undefined && {
      in_flight_until: table.clock.now() + exclusiveSeconds * 1000,
      taken_by: randomUUID(),
    };

  const acquired = (place: Key, kept: Kept, held: ReturnType<typeof lease>) => ({
    kind: 'acquired' as const,
    kept,
    async release() {
      if (!held) return;
      const set = { in_flight_until: 0 };
      await items.updateIf(place, { set, if: expr`taken_by = ${held.taken_by}` });
    },
  });

  /** Goes on for a request that has died; undefined where another one does. */
  const takeOver = async (place: Key, { in_flight_until: until }: KeyItem) => {
    const held = lease();
    if (!held) return held;
    if (until !== undefined && until > table.clock.now()) return undefined;
    const isSame =
      until === undefined
        ? expr`attribute_not_exists(in_flight_until)`
        : expr`in_flight_until = ${until}`;
    const { written } = await items.updateIf(place, { set: held, if: isSame, mine: ['taken_by'] });
    return written ? held : undefined;
  };

  async function acquire<Made>(
    tenantId: string,
    request: KeyedRequest<Kept, Made>,
  ): Promise<Acquisition<Kept, Made>> {
    const { key, forms, wanted, expires_at, find } = request;
    const place = keyOf(tenantId, hashOf(key));
    const hashes = forms.map(hashOf);
    const held = lease();
    const { written, item } = await items.create(
      place,
      { ...wanted, request_hash: hashes[0], ...held, expires_at },
      { mine: Object.keys(wanted) },
    );
    if (written) return acquired(place, wanted, held);
    // It has expired between the write and the read.
    if (!item) return acquire(tenantId, request);
    if (!hashes.includes(item.request_hash)) return { kind: 'reused' };
    const kept = Object.fromEntries(
      Object.keys(wanted).map((name) => [name, item[name as keyof Kept]]),
    ) as Kept;
    const made = await find(kept);
    if (made !== undefined) return { kind: 'completed', made };
    const taken = await takeOver(place, item);
    return taken === undefined ? { kind: 'inProgress' } : acquired(place, kept, taken);
  }

  return { acquire };
}
export type IdempotencyStore<Kept extends object> = ReturnType<typeof idempotencyStore<Kept>>;

/** SHA-256 as hexadecimal text. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
