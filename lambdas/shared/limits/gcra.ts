import { attribute, type Change, expr } from '../store/expression.ts';
import { type Condition, ItemStore, type Retention } from '../store/item-store.ts';
import type { Key, Table } from '../store/table.ts';

/** How often something may happen: so many times a second, and `burst` times at once after a rest. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** Where a limit is stored: an attribute of an item, and a counter beside it of what was acquired. */
export interface RateLimitKey {
  key: Key;
  /** The attribute with the time, in milliseconds, until which the limit is used up. */
  attribute: string;
  counter: string;
  retentionDays: number;
}

export type Acquired = { acquired: true } | { acquired: false; waitMs: number };

/**
 * The generic cell rate algorithm (ITU-T I.371): each acquisition moves the time until which the limit is
 * used up by 1 / rate, and is refused if that time is `burst` acquisitions ahead of now. It is one conditional
 * write, and holds across all Lambda instances because they share the item.
 */
export function gcraLimiter(table: Table) {
  const limits = new ItemStore(table, 'a rate limit');
  /** Until when limits are used up, as far as this instance has seen; it only decides what is tried first. */
  const seen = new Map<string, number>();

  /** Until when the limit is used up then; undefined if the condition did not hold. */
  const reserve = async (
    { key, attribute: name, counter }: RateLimitKey,
    change: ConditionalChange,
  ) => {
    const { item } = await limits.updateIf(key, { ...change, add: { [counter]: 1 } });
    return item && Number(item[name]);
  };

  return async (place: RateLimitKey, rate: Rate): Promise<Acquired> => {
    const now = table.clock.now();
    const stepMs = 1000 / rate.perSecond;
    const toleranceMs = (rate.burst - 1) * stepMs;
    const hint = `${place.key.pk} ${place.key.sk} ${place.attribute}`;
    const reserved = attribute(place.attribute);
    const whenFree = {
      set: { [place.attribute]: now + stepMs },
      retentionDays: place.retentionDays,
      if: expr`attribute_not_exists(${reserved}) OR ${reserved} <= ${now}`,
    };
    const whenBusy = {
      set: { [place.attribute]: expr`${reserved} + ${stepMs}` },
      // Without it, the item of a limit that never rests would expire.
      retentionDays: place.retentionDays,
      if: expr`${reserved} > ${now} AND ${reserved} <= ${now + toleranceMs}`,
    };
    for (let turn = 0; turn < maxTurns; turn++) {
      const isBusy = (seen.get(hint) ?? 0) > now;
      for (const change of isBusy ? [whenBusy, whenFree] : [whenFree, whenBusy]) {
        const until = await reserve(place, change);
        if (until === undefined) continue;
        if (seen.size > 1_000) seen.clear();
        seen.set(hint, until);
        return { acquired: true };
      }
      const item = await limits.get(place.key, { consistent: turn > 0 });
      const until = Number(item?.[place.attribute] ?? now);
      const latest = now + toleranceMs + stepMs;
      // Used up at a rate that was raised since: wait no longer than this rate can require.
      if (until > latest + clockSlackMs) {
        const whenRaised = { set: { [place.attribute]: latest }, if: expr`${reserved} = ${until}` };
        if ((await reserve(place, whenRaised)) !== undefined) return { acquired: true };
      }
      const waitMs = until - toleranceMs - now;
      if (waitMs > 0) return { acquired: false, waitMs };
      // It is not used up: what was returned between the two writes made both fail.
    }
    return { acquired: false, waitMs: 0 };
  };
}

const maxTurns = 3;

type ConditionalChange = Change & Condition & Retention;

/** How far the clocks of instances may be apart. */
const clockSlackMs = 2_000;
