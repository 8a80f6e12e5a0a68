import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { conditionFailed, expiresAt, storeCall, type Table } from '../../vendors/aws/table.ts';
import { type RateLimit, usageKeptDays } from '../contract.ts';
import { keys } from './keys.ts';

/** Whose budget a request is taken from. */
export type Budget = 'callers' | 'visitors';

export interface UsageCounter {
  /** Counts a request if the budget allows it, by one write; else says after how many seconds it would. */
  admit(
    tenantId: string,
    budget: Budget,
    limit: RateLimit,
  ): Promise<{ admitted: true } | { admitted: false; retryAfterSeconds: number }>;
  /** Adds to a counter of the day. */
  count(tenantId: string, counter: 'replies', by?: number): Promise<void>;
}

/** The attribute that holds until when, in milliseconds, the budget is spoken for. */
const spentUntil = { callers: 'spent_until', visitors: 'visitors_spent_until' } as const;

/**
 * The usage item of a tenant and day. The limit is the generic cell rate algorithm (ITU-T I.371): each
 * request pushes the time until which the budget is spent by 1 / rate, and is refused when that time is
 * `burst` requests ahead of now. It holds across all Lambda instances, since the item is one.
 */
export function usageCounter(table: Table): UsageCounter {
  /** Until when budgets were spent, as far as this instance has seen; it only chooses what is tried first. */
  const seen = new Map<string, number>();

  return {
    async admit(tenantId, budget, limit) {
      const now = table.clock.now();
      const key = keys.usage(tenantId, dateOf(now));
      const request = { key, name: spentUntil[budget], now, ...pace(limit) };
      const hint = `${key.pk} ${key.sk} ${budget}`;
      const tries = [whenFree, whenBusy];
      if ((seen.get(hint) ?? 0) > now) tries.reverse();
      for (const attempt of tries) {
        const until = await spend(table, attempt(table, request));
        if (until === undefined) continue;
        if (seen.size > 1_000) seen.clear();
        seen.set(hint, until);
        return { admitted: true };
      }
      const spent = await storeCall('read a budget', () =>
        table.client.send(new GetCommand({ TableName: table.name, Key: key })),
      );
      const waitMs = Number(spent.Item?.[request.name] ?? now) - request.toleranceMs - now;
      return { admitted: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) };
    },

    async count(tenantId, counter, by = 1) {
      const now = table.clock.now();
      await storeCall('count usage', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.usage(tenantId, dateOf(now)),
            UpdateExpression: 'ADD #counter :by SET expires_at = :expires',
            ExpressionAttributeNames: { '#counter': counter },
            ExpressionAttributeValues: { ':by': by, ':expires': expiresAt(now, usageKeptDays) },
          }),
        ),
      );
    },
  };
}

/** The day in UTC, such as 2026-11-21. */
export const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const pace = ({ requests_per_second, burst }: RateLimit) => {
  const stepMs = 1000 / requests_per_second;
  return { stepMs, toleranceMs: (burst - 1) * stepMs };
};

interface Request {
  key: { pk: string; sk: string };
  name: string;
  now: number;
  stepMs: number;
  toleranceMs: number;
}

const whenFree = (table: Table, { key, name, now, stepMs }: Request) =>
  new UpdateCommand({
    TableName: table.name,
    Key: key,
    UpdateExpression: 'SET #spent = :next, expires_at = :expires ADD requests :one',
    ConditionExpression: 'attribute_not_exists(#spent) OR #spent <= :now',
    ExpressionAttributeNames: { '#spent': name },
    ExpressionAttributeValues: {
      ':next': now + stepMs,
      ':now': now,
      ':one': 1,
      ':expires': expiresAt(now, usageKeptDays),
    },
    ReturnValues: 'UPDATED_NEW',
  });

const whenBusy = (table: Table, { key, name, now, stepMs, toleranceMs }: Request) =>
  new UpdateCommand({
    TableName: table.name,
    Key: key,
    UpdateExpression: 'SET #spent = #spent + :step ADD requests :one',
    ConditionExpression: '#spent > :now AND #spent <= :latest',
    ExpressionAttributeNames: { '#spent': name },
    ExpressionAttributeValues: {
      ':step': stepMs,
      ':now': now,
      ':latest': now + toleranceMs,
      ':one': 1,
    },
    ReturnValues: 'UPDATED_NEW',
  });

/** Until when the budget is spent then; undefined when the condition did not hold. */
async function spend(table: Table, update: UpdateCommand): Promise<number | undefined> {
  try {
    const { Attributes: changed } = await storeCall('count a request', () =>
      table.client.send(update),
    );
    const name = update.input.ExpressionAttributeNames?.['#spent'] ?? '';
    return Number(changed?.[name]);
  } catch (error) {
    if (conditionFailed(error)) return undefined;
    throw error;
  }
}
