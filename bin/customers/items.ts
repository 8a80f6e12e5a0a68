import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../lambdas/shared/store/table.ts';

/** The items of a partition, with these attributes of each. */
export async function itemsOf(
  { client, name }: Table,
  partition: string,
  attributes: readonly string[],
): Promise<Record<string, unknown>[]> {
  const wanted = ['pk', 'sk', ...attributes];
  const items: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': partition },
        ProjectionExpression: wanted.map((_, index) => `#${index}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(
          wanted.map((one, index) => [`#${index}`, one]),
        ),
        ExclusiveStartKey: from,
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}
