import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isoTime } from '../../shared/clock.ts';
import { conditionFailed, storeCall, type Table } from '../../shared/store/table.ts';
import { credentialPrefix, keys, partition } from '../../tenancy/stores/keys.ts';
import { clientIdOf, newApiKey, newKeyId } from '../work/api-key.ts';
import { credentialSchema, type StoredCredential } from '../work/credential.ts';

/** What a new credential is to be. */
export type NewCredential = Pick<
  StoredCredential,
  'tenant_id' | 'kind' | 'name' | 'role' | 'scopes' | 'valid_until' | 'created_by'
>;

/** The API keys and public client ids of the tenants. */
export function credentialStore(table: Table) {
  return {
    async find(tenantId: string, keyId: string): Promise<StoredCredential | undefined> {
      const { Item: item } = await storeCall('read a credential', () =>
        table.client.send(
          new GetCommand({
            TableName: table.name,
            Key: keys.credential(tenantId, keyId),
            ConsistentRead: true,
          }),
        ),
      );
      return item && credentialSchema.parse(item);
    },

    async touch(tenantId: string, keyId: string): Promise<void> {
      await storeCall('note the use of a credential', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.credential(tenantId, keyId),
            UpdateExpression: 'SET last_used_on = :today',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':today': isoTime(table.clock.now()).slice(0, 10) },
          }),
        ),
      );
    },

    /** Makes a credential; `text` is what its holder sends, and cannot be had again. */
    async create(wanted: NewCredential): Promise<{ text: string; stored: StoredCredential }> {
      const key_id = newKeyId();
      const { tenant_id, kind } = wanted;
      const { text, secret_hash } =
        kind === 'key'
          ? newApiKey(tenant_id, key_id)
          : { text: clientIdOf(tenant_id, key_id), secret_hash: undefined };
      const created_at = isoTime(table.clock.now());
      const stored: StoredCredential = credentialSchema.parse({
        ...wanted,
        key_id,
        created_at,
        secret_hash,
      });
      await storeCall('create a credential', () =>
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...keys.credential(tenant_id, key_id), ...stored },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
      return { text, stored };
    },

    async list(tenantId: string): Promise<StoredCredential[]> {
      const found: StoredCredential[] = [];
      let from: Record<string, unknown> | undefined;
      do {
        const start = from;
        const page = await storeCall('list credentials', () =>
          table.client.send(
            new QueryCommand({
              TableName: table.name,
              KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
              ExpressionAttributeValues: {
                ':pk': partition(tenantId),
                ':prefix': credentialPrefix,
              },
              ExclusiveStartKey: start,
            }),
          ),
        );
        found.push(...(page.Items ?? []).map((item) => credentialSchema.parse(item)));
        from = page.LastEvaluatedKey;
      } while (from);
      return found;
    },

    /** False when there is none that could be revoked. */
    async revoke(tenantId: string, keyId: string): Promise<boolean> {
      try {
        await storeCall('revoke a credential', () =>
          table.client.send(
            new UpdateCommand({
              TableName: table.name,
              Key: keys.credential(tenantId, keyId),
              UpdateExpression: 'SET revoked_at = :now',
              ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(revoked_at)',
              ExpressionAttributeValues: { ':now': isoTime(table.clock.now()) },
            }),
          ),
        );
        return true;
      } catch (error) {
        if (conditionFailed(error)) return false;
        throw error;
      }
    },
  };
}
