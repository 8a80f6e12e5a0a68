import { createHash } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  conditionFailed,
  expiresAt,
  isExpired,
  storeCall,
  type Table,
} from '../../vendors/aws/table.ts';
import { limits } from '../contract.ts';
import { keys } from './keys.ts';

/** The lead that a key stands for: its id and when it was first sent. */
export interface Claimed {
  lead_id: string;
  created_at: string;
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

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The idempotency keys of a tenant, each with the lead that it stands for, kept for two days. */
export function claims(table: Table) {
  const until = () => table.clock.now() + limits.inFlightSeconds * 1000;

  const claim = async (
    tenantId: string,
    key: string,
    request: string,
    wanted: Claimed,
  ): Promise<Claim> => {
    const now = table.clock.now();
    const place = keys.claim(tenantId, hashOf(key));
    const request_hash = hashOf(request);
    const Item = {
      ...place,
      ...wanted,
      request_hash,
      in_flight_until: until(),
      expires_at: expiresAt(now, limits.idempotencyDays),
    };
    if (await written(() => table.client.send(new PutCommand(unlessKnown(table.name, Item, now)))))
      return { kind: 'ours', ...wanted };
    const { Item: known } = await storeCall('read an idempotency key', () =>
      table.client.send(
        new GetCommand({ TableName: table.name, Key: place, ConsistentRead: true }),
      ),
    );
    if (!known || isExpired(known, now)) return claim(tenantId, key, request, wanted);
    if (known['request_hash'] !== request_hash) return { kind: 'reused' };
    return {
      kind: 'theirs',
      lead_id: String(known['lead_id']),
      created_at: String(known['created_at']),
      until: Number(known['in_flight_until']),
    };
  };

  /** Changes until when a request is in flight, if nobody has changed it since. */
  const setUntil = (tenantId: string, key: string, from: number | undefined, to: number) =>
    written(() =>
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: keys.claim(tenantId, hashOf(key)),
          UpdateExpression: 'SET in_flight_until = :to',
          ConditionExpression:
            from === undefined ? 'attribute_exists(pk)' : 'in_flight_until = :from',
          ExpressionAttributeValues: { ':to': to, ...(from !== undefined && { ':from': from }) },
        }),
      ),
    );

  return {
    claim,
    /** Goes on for a request that has died; false where another does. */
    takeOver: (tenantId: string, key: string, from: number) =>
      setUntil(tenantId, key, from, until()),
    /** Lets the next request with the key go on at once. */
    release: (tenantId: string, key: string) => setUntil(tenantId, key, undefined, 0),
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
