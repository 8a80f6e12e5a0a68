import { createHash } from 'node:crypto';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import {
  conditionFailed,
  expiresAt,
  isExpired,
  storeCall,
  type Table,
} from '../../shared/store/table.ts';
import { keys } from './keys.ts';

/** What an idempotency key stands for: a thing that may now be made under this id, or one that was made before. */
export type KeyUse = { kind: 'fresh' | 'known'; id: string } | { kind: 'reused' };

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const keptDays = 1;

/** Keys of a tenant, each with the request that it was used for, kept for a day. */
export const idempotencyKeys = (table: Table) => ({
  /** `request` is what must be the same each time that the key is used; `id` is the id of what is to be made. */
  async use(tenantId: string, key: string, request: string, id: string): Promise<KeyUse> {
    const place = keys.idempotency(tenantId, hashOf(key));
    const request_hash = hashOf(request);
    try {
      await storeCall('keep an idempotency key', () =>
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: {
              ...place,
              request_hash,
              id,
              expires_at: expiresAt(table.clock.now(), keptDays),
            },
            ConditionExpression: 'attribute_not_exists(pk) OR expires_at <= :now',
            ExpressionAttributeValues: { ':now': Math.floor(table.clock.now() / 1000) },
          }),
        ),
      );
      return { kind: 'fresh', id };
    } catch (error) {
      if (!conditionFailed(error)) throw error;
    }
    const { Item: item } = await storeCall('read an idempotency key', () =>
      table.client.send(
        new GetCommand({ TableName: table.name, Key: place, ConsistentRead: true }),
      ),
    );
    if (!item || isExpired(item, table.clock.now())) return this.use(tenantId, key, request, id);
    return item['request_hash'] === request_hash
      ? { kind: 'known', id: String(item['id']) }
      : { kind: 'reused' };
  },
});
export type IdempotencyKeys = ReturnType<typeof idempotencyKeys>;
