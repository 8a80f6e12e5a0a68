import { attribute, type Change, expr } from '../store/expression.ts';
import { type Condition, ItemStore, type Kept } from '../store/item-store.ts';
import type { Key, Table } from '../store/table.ts';

/** A budget that is refilled all the time: so many a second, and so many at once after a rest. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** Where a budget is kept: an attribute of an item, and a counter beside it that counts what was spent. */
export interface RateLimitKey {
  key: Key;
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
  const budgets = new ItemStore(table, 'a budget');
  /** Until when budgets were spent, as far as this instance has seen; it only chooses what is tried first. */
  const seen = new Map<string, number>();

  /** Until when the budget is spent then; undefined when the condition did not hold. */
  const spend = async ({ key, attribute: name, counter }: RateLimitKey, change: Spending) => {
    const { item } = await budgets.updateIf(key, { ...change, add: { [counter]: 1 } });
    return item && Number(item[name]);
  };

  return async (place: RateLimitKey, rate: Rate): Promise<Acquired> => {
    const now = table.clock.now();
    const stepMs = 1000 / rate.perSecond;
    const toleranceMs = (rate.burst - 1) * stepMs;
    const hint = `${place.key.pk} ${place.key.sk} ${place.attribute}`;
    const spent = attribute(place.attribute);
    const whenFree = {
      set: { [place.attribute]: now + stepMs },
      keptDays: place.keptDays,
      if: expr`attribute_not_exists(${spent}) OR ${spent} <= ${now}`,
    };
    const whenBusy = {
      set: { [place.attribute]: expr`${spent} + ${stepMs}` },
      // Else a budget that never rests would expire.
      keptDays: place.keptDays,
      if: expr`${spent} > ${now} AND ${spent} <= ${now + toleranceMs}`,
    };
    const isBusy = (seen.get(hint) ?? 0) > now;
    for (const change of isBusy ? [whenBusy, whenFree] : [whenFree, whenBusy]) {
      const until = await spend(place, change);
      if (until === undefined) continue;
      if (seen.size > 1_000) seen.clear();
      seen.set(hint, until);
      return { spent: true };
    }
    const item = await budgets.get(place.key, { consistent: false });
    const until = Number(item?.[place.attribute] ?? now);
    const most = now + toleranceMs + stepMs;
    // Spent at a rate that has been raised since: no more is owed than this rate can owe.
    if (until > most + clockSlackMs) {
      const whenRaised = { set: { [place.attribute]: most }, if: expr`${spent} = ${until}` };
      if ((await spend(place, whenRaised)) !== undefined) return { spent: true };
    }
    return { spent: false, waitMs: Math.max(0, until - toleranceMs - now) };
  };
}

type Spending = Change & Condition & Kept;

/** How far the clocks of instances may be apart. */
const clockSlackMs = 2_000;
