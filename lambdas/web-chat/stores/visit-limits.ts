import { type Acquired, gcraLimiter, type Rate } from '../../shared/limits/gcra.ts';
import type { Key, Table } from '../../shared/store/table.ts';
import type { Allowed, VisitLimits } from '../work/ports.ts';
import { keys } from './keys.ts';

/** A limit that rests so long has no past. */
const retentionDays = 2;

/** The limits of visitors, each exact across all instances. */
export function visitLimits(table: Table): VisitLimits {
  const tryAcquire = gcraLimiter(table);
  const take = async (key: Key, span: keyof typeof seconds, count: number): Promise<Allowed> => {
    const place = { key, attribute: `${span}_until`, counter: `in_${span}`, retentionDays };
    return allowed(await tryAcquire(place, rateOf(count, seconds[span])));
  };
  return {
    visit: (tenantId, address, perHour) => take(keys.address(tenantId, address), 'hour', perHour),

    conversation: (tenantId, perDay) => take(keys.conversations(tenantId), 'day', perDay),

    async message(conversation, { perMinute, perDay }) {
      const key = keys.rate(conversation);
      const now = await take(key, 'minute', perMinute);
      return now.allowed ? take(key, 'day', perDay) : now;
    },
  };
}

const seconds = { minute: 60, hour: 3_600, day: 86_400 } as const;

/** All at once, or spread over the span. */
const rateOf = (count: number, spanSeconds: number): Rate => ({
  perSecond: count / spanSeconds,
  burst: count,
});

const allowed = (result: Acquired): Allowed =>
  result.acquired
    ? { allowed: true }
    : { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(result.waitMs / 1000)) };
