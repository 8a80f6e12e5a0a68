import { gcraLimiter, type Rate, type RateLimitKey } from '../../shared/limits/gcra.ts';
import type { Table } from '../../shared/store/table.ts';
import { limits } from '../limits.ts';
import type { Turn } from '../work/turn.ts';
import { keys } from './keys.ts';

const rate: Rate = { perSecond: limits.repliesPerMinute / 60, burst: limits.repliesAtOnce };

const placeOf = (turn: Turn): RateLimitKey => ({
  key: keys.replyRateLimit(turn),
  attribute: 'spent_until',
  counter: 'replies',
  // After a day without replies the limit is unused again, and the item can expire.
  retentionDays: 1,
});

/** Acquires a reply for the conversation; in how many seconds one is free, 0 if it was acquired. */
export function replyRateLimit(table: Table): (turn: Turn) => Promise<number> {
  const tryAcquire = gcraLimiter(table);
  return async (turn) => {
    const result = await tryAcquire(placeOf(turn), rate);
    return result.acquired ? 0 : Math.max(1, Math.ceil(result.waitMs / 1000));
  };
}
