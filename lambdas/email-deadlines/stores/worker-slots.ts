import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { conditionFailed, expiresAt, storeCall, type Table } from '../../shared/store/table.ts';

/** How many of an owner's emails may be worked on at the same time, held until its lease ends. */
export interface WorkerSlots {
  /** Takes up to `wanted` of the free slots, beside none that it had before; how many it holds then. */
  hold(
    key: { pk: string; sk: string },
    owner: string,
    wanted: { slots: number; limit: number; until: number },
  ): Promise<number>;
}

type Held = Record<string, [slots: number, until: number]>;

const maxTries = 12;

/** One item for each limit, with what each owner holds; one that died gives its slots back when its lease ends. */
export const workerSlots = (table: Table): WorkerSlots => ({
  async hold(key, owner, { slots, limit, until }) {
    for (let tries = 0; tries < maxTries; tries++) {
      const { Item: item } = await storeCall('read worker slots', () =>
        table.client.send(
          new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }),
        ),
      );
      const version = Number(item?.['version'] ?? 0);
      const now = table.clock.now();
      const before = (item?.['held'] ?? {}) as Held;
      const others = Object.entries(before).filter(
        ([name, [, ends]]) => name !== owner && ends > now,
      );
      const taken = others.reduce((sum, [, [count]]) => sum + count, 0);
      const mine = Math.max(0, Math.min(slots, limit - taken));
      // Those for whom there is none ask often: they only look.
      if (mine === 0 && !Object.hasOwn(before, owner)) return 0;
      const held: Held = {
        ...Object.fromEntries(others),
        ...(mine > 0 && { [owner]: [mine, until] }),
      };
      const next = { ...key, held, version: version + 1, expires_at: expiresAt(now, 1) };
      if (await write(table, next, version)) return mine;
    }
    return 0;
  },
});

async function write(
  table: Table,
  item: Record<string, unknown>,
  version: number,
): Promise<boolean> {
  try {
    await storeCall('hold worker slots', () =>
      table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: item,
          ConditionExpression: version ? 'version = :version' : 'attribute_not_exists(pk)',
          ...(version && { ExpressionAttributeValues: { ':version': version } }),
        }),
      ),
    );
    return true;
  } catch (error) {
    if (conditionFailed(error)) return false;
    throw error;
  }
}
