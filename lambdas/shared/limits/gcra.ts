import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { conditionFailed, expiresAt, storeCall, type Table } from '../store/table.ts';

/** A budget that is refilled all the time: so many a second, and so many at once after a rest. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** Where a budget is kept: an attribute of an item, and a counter beside it that counts what was spent. */
export interface RateLimitKey {
  key: { pk: string; sk: string };
  /** The attribute that holds until when, in milliseconds, the budget is spoken for. */
  attribute: string;
  counter: string;
  keptDays: number;
}

export type Acquired = { spent: true } | { spent: false; waitMs: number };

/**
 * The generic cell rate algorithm (ITU-T I.371): each spending pushes the time until which the budget is
 * spent by 1 / rate, and is refused when that time is `burst` spendings ahead of now. One conditional
 * write each; it holds across all Lambda instances, since the item is one.
 */
export function gcraLimiter(table: Table) {
  /** Until when budgets were spent, as far as this instance has seen; it only chooses what is tried first. */
  const seen = new Map<string, number>();

  return async (place: RateLimitKey, rate: Rate): Promise<Acquired> => {
    const now = table.clock.now();
    const stepMs = 1000 / rate.perSecond;
    const toleranceMs = (rate.burst - 1) * stepMs;
    const hint = `${place.key.pk} ${place.key.sk} ${place.attribute}`;
    const tries = [
      whenFree(table, place, now, stepMs),
      whenBusy(table, place, now, stepMs, toleranceMs),
    ];
    if ((seen.get(hint) ?? 0) > now) tries.reverse();
    for (const update of tries) {
      const until = await spend(table, update, place.attribute);
      if (until === undefined) continue;
      if (seen.size > 1_000) seen.clear();
      seen.set(hint, until);
      return { spent: true };
    }
    const { Item: item } = await storeCall('read a budget', () =>
      table.client.send(new GetCommand({ TableName: table.name, Key: place.key })),
    );
    const until = Number(item?.[place.attribute] ?? now);
    const most = now + toleranceMs + stepMs;
    // Spent at a rate that has been raised since: no more is owed than this rate can owe.
    if (until > most + clockSlackMs) {
      const capped = await spend(table, whenRaised(table, place, until, most), place.attribute);
      if (capped !== undefined) return { spent: true };
    }
    return { spent: false, waitMs: Math.max(0, until - toleranceMs - now) };
  };
}

/** How far the clocks of instances may be apart. */
const clockSlackMs = 2_000;

const whenRaised = (table: Table, place: RateLimitKey, seen: number, most: number) =>
  new UpdateCommand({
    TableName: table.name,
    Key: place.key,
    UpdateExpression: 'SET #spent = :most ADD #counter :one',
    ConditionExpression: '#spent = :seen',
    ExpressionAttributeNames: { '#spent': place.attribute, '#counter': place.counter },
    ExpressionAttributeValues: { ':most': most, ':seen': seen, ':one': 1 },
    ReturnValues: 'UPDATED_NEW',
  });

const whenFree = (table: Table, place: RateLimitKey, now: number, stepMs: number) =>
  new UpdateCommand({
    TableName: table.name,
    Key: place.key,
    UpdateExpression: 'SET #spent = :next, expires_at = :expires ADD #counter :one',
    ConditionExpression: 'attribute_not_exists(#spent) OR #spent <= :now',
    ExpressionAttributeNames: { '#spent': place.attribute, '#counter': place.counter },
    ExpressionAttributeValues: {
      ':next': now + stepMs,
      ':now': now,
      ':one': 1,
      ':expires': expiresAt(now, place.keptDays),
    },
    ReturnValues: 'UPDATED_NEW',
  });

const whenBusy = (
  table: Table,
  place: RateLimitKey,
  now: number,
  stepMs: number,
  toleranceMs: number,
) =>
  new UpdateCommand({
    TableName: table.name,
    Key: place.key,
    UpdateExpression: 'SET #spent = #spent + :step ADD #counter :one',
    ConditionExpression: '#spent > :now AND #spent <= :latest',
    ExpressionAttributeNames: { '#spent': place.attribute, '#counter': place.counter },
    ExpressionAttributeValues: {
      ':step': stepMs,
      ':now': now,
      ':latest': now + toleranceMs,
      ':one': 1,
    },
    ReturnValues: 'UPDATED_NEW',
  });

/** Until when the budget is spent then; undefined when the condition did not hold. */
async function spend(
  table: Table,
  update: UpdateCommand,
  attribute: string,
): Promise<number | undefined> {
  try {
    const { Attributes: changed } = await storeCall('spend of a budget', () =>
      table.client.send(update),
    );
    return Number(changed?.[attribute]);
  } catch (error) {
    if (conditionFailed(error)) return undefined;
    throw error;
  }
}
