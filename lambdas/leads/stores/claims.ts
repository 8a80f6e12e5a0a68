import { createHash, randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  conditionFailed,
  expiresAt,
  isExpired,
  storeCall,
  type Table,
} from '../../shared/store/table.ts';
import { limits } from '../limits.ts';
import { keys } from './keys.ts';

/** The lead that a key stands for: its id, when it was first sent, and when it ends, in seconds since the epoch. */
export interface Claimed {
  lead_id: string;
  created_at: string;
  lead_expires_at: number;
}

/**
 * What becomes of a request with an idempotency key: it may make the lead (`ours`), another is making it or
 * has made it (`theirs`; `until` is when that one has surely ended, in milliseconds since the epoch), or the
 * key belongs to another request.
 */
export type Claim =
  | ({ kind: 'ours' } & Claimed)
  | ({ kind: 'theirs'; until: number } & Claimed)
  | { kind: 'reused' };

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Changes {
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeValues: Record<string, unknown>;
}

/** The idempotency keys of a tenant, each with the lead that it stands for, kept for two days, but no longer than it. */
export function claims(table: Table) {
  const until = () => table.clock.now() + limits.inFlightSeconds * 1000;

  /** `same` are the forms of the request under which the key may be known; it is claimed with the first. */
  const claim = async (
    tenantId: string,
    key: string,
    same: readonly [string, ...string[]],
    wanted: Claimed,
  ): Promise<Claim> => {
    const now = table.clock.now();
    const place = keys.claim(tenantId, hashOf(key));
    const hashes = same.map(hashOf);
    const Item = {
      ...place,
      ...wanted,
      request_hash: hashes[0],
      in_flight_until: until(),
      expires_at: Math.min(expiresAt(now, limits.idempotencyDays), wanted.lead_expires_at),
    };
    if (await written(() => table.client.send(new PutCommand(unlessKnown(table.name, Item, now)))))
      return { kind: 'ours', ...wanted };
    const { Item: known } = await storeCall('read an idempotency key', () =>
      table.client.send(
        new GetCommand({ TableName: table.name, Key: place, ConsistentRead: true }),
      ),
    );
    if (!known || isExpired(known, now)) return claim(tenantId, key, same, wanted);
    // The write took effect, but its answer was lost and it was sent again.
    if (known['lead_id'] === wanted.lead_id) return { kind: 'ours', ...wanted };
    if (!hashes.includes(String(known['request_hash']))) return { kind: 'reused' };
    return {
      kind: 'theirs',
      lead_id: String(known['lead_id']),
      created_at: String(known['created_at']),
      lead_expires_at: Number(known['lead_expires_at']),
      until: Number(known['in_flight_until']),
    };
  };

  const change = (tenantId: string, key: string, changes: Changes) =>
    written(() =>
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: keys.claim(tenantId, hashOf(key)),
          ...changes,
        }),
      ),
    );

  return {
    claim,
    /** Goes on for a request that has died; false where another does. */
    takeOver(tenantId: string, key: string, from: number) {
      return change(tenantId, key, {
        UpdateExpression: 'SET in_flight_until = :to, taken_by = :me',
        // Ours also where the answer of the write was lost and it was sent again.
        ConditionExpression: 'in_flight_until = :from OR taken_by = :me',
        ExpressionAttributeValues: { ':from': from, ':to': until(), ':me': randomUUID() },
      });
    },
    /** Lets the next request with the key go on at once. */
    release: (tenantId: string, key: string) =>
      change(tenantId, key, {
        UpdateExpression: 'SET in_flight_until = :to',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':to': 0 },
      }),
  };
}
export type Claims = ReturnType<typeof claims>;

const unlessKnown = (TableName: string, Item: Record<string, unknown>, now: number) => ({
  TableName,
  Item,
  ConditionExpression: 'attribute_not_exists(pk) OR expires_at <= :now',
  ExpressionAttributeValues: { ':now': Math.floor(now / 1000) },
});

/** False where the condition did not hold. */
async function written(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await storeCall('keep an idempotency key', write);
    return true;
  } catch (error) {
    if (conditionFailed(error)) return false;
    throw error;
  }
}
