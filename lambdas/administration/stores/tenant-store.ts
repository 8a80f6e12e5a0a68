import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isoTime } from '../../shared/clock.ts';
import { conditionFailed, storeCall, type Table } from '../../shared/store/table.ts';
import { keys } from '../../tenancy/stores/keys.ts';
import { type Tenant, tenantSchema } from '../../tenancy/tenant.ts';

/** What the operator allows a tenant; what is left out is as by default. */
export type TenantLimits = Partial<Pick<Tenant, 'rate_limit' | 'model_limit'>>;

/** What may change of a tenant. */
export type TenantChange = Partial<Pick<Tenant, 'name' | 'status'>> & TenantLimits;

/** The companies on this deployment, as the authorizer and the operator see them. */
export function tenantStore(table: Table) {
  return {
    async find(tenantId: string): Promise<Tenant | undefined> {
      const { Item: item } = await storeCall('read a tenant', () =>
        table.client.send(
          new GetCommand({
            TableName: table.name,
            Key: keys.tenant(tenantId),
            ConsistentRead: true,
          }),
        ),
      );
      return item && tenantSchema.parse(item);
    },

    /** Undefined when there is one of this id. */
    async create(
      tenantId: string,
      name: string,
      limits: TenantLimits = {},
    ): Promise<Tenant | undefined> {
      const now = isoTime(table.clock.now());
      const tenant = tenantSchema.parse({
        tenant_id: tenantId,
        name,
        status: 'active',
        ...limits,
        created_at: now,
        updated_at: now,
      });
      try {
        await storeCall('create a tenant', () =>
          table.client.send(
            new PutCommand({
              TableName: table.name,
              Item: { ...keys.tenant(tenantId), ...tenant },
              ConditionExpression: 'attribute_not_exists(pk)',
            }),
          ),
        );
        return tenant;
      } catch (error) {
        if (conditionFailed(error)) return undefined;
        throw error;
      }
    },

    /** The tenant as it is then; undefined when there is none. */
    async change(tenantId: string, change: TenantChange): Promise<Tenant | undefined> {
      const changes = Object.entries({ ...change, updated_at: isoTime(table.clock.now()) });
      try {
        const { Attributes: item } = await storeCall('change a tenant', () =>
          table.client.send(
            new UpdateCommand({
              TableName: table.name,
              Key: keys.tenant(tenantId),
              UpdateExpression: `SET ${changes.map(([name]) => `#${name} = :${name}`).join(', ')}`,
              ConditionExpression: 'attribute_exists(pk)',
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
        return tenantSchema.parse(item);
      } catch (error) {
        if (conditionFailed(error)) return undefined;
        throw error;
      }
    },

    async list(): Promise<Tenant[]> {
      const found: Tenant[] = [];
      let from: Record<string, unknown> | undefined;
      do {
        const start = from;
        const page = await storeCall('list the tenants', () =>
          table.client.send(
            new QueryCommand({
              TableName: table.name,
              KeyConditionExpression: 'pk = :pk',
              ExpressionAttributeValues: { ':pk': keys.tenant('').pk },
              ExclusiveStartKey: start,
            }),
          ),
        );
        found.push(...(page.Items ?? []).map((item) => tenantSchema.parse(item)));
        from = page.LastEvaluatedKey;
      } while (from);
      return found;
    },
  };
}
