import { type Acquired, gcraLimiter } from '../../shared/limits/gcra.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { type ModelLimit, type RateClass, type RateLimit, usageRetentionDays } from '../tenant.ts';
import { keys } from './keys.ts';

export interface UsageCounter {
  /** Counts a request if the limit allows it, by one write; else says after how many seconds it would. */
  tryAcquireRequest(
    tenantId: string,
    rateClass: RateClass,
    limit: RateLimit,
  ): Promise<{ acquired: true } | { acquired: false; retryAfterSeconds: number }>;
  /** Acquires a call of the model by one write; if the company's calls are used up, says when one is free. */
  tryAcquireModelCall(tenantId: string, limit: ModelLimit): Promise<Acquired>;
  /** Returns an acquired call that came to nothing. */
  returnModelCall(tenantId: string, limit: ModelLimit): Promise<void>;
  /** Adds to a counter of the day. */
  count(tenantId: string, counter: 'replies' | 'emails' | 'leads', by?: number): Promise<void>;
}

const secondsPerDay = 86_400;
const attributes = { callers: 'spent_until', visitors: 'visitors_spent_until' } as const;

/** The usage item of a tenant and day, which holds the counters and how far the rate is used up. */
export function usageCounter(table: Table): UsageCounter {
  const tryAcquire = gcraLimiter(table);
  const usage = new ItemStore(table, 'the usage');
  const today = (tenantId: string) => keys.usage(tenantId, dateOf(table.clock.now()));
  return {
    async tryAcquireRequest(tenantId, rateClass, { requests_per_second, burst }) {
      const place = {
        key: today(tenantId),
        attribute: attributes[rateClass],
        counter: 'requests',
        retentionDays: usageRetentionDays,
      };
      const result = await tryAcquire(place, { perSecond: requests_per_second, burst });
      return result.acquired
        ? { acquired: true }
        : { acquired: false, retryAfterSeconds: Math.max(1, Math.ceil(result.waitMs / 1000)) };
    },

    async tryAcquireModelCall(tenantId, { calls_per_day, burst }) {
      if (calls_per_day === 0) return { acquired: false, waitMs: Number.POSITIVE_INFINITY };
      const place = {
        key: today(tenantId),
        attribute: 'model_spent_until',
        counter: 'lead_model_calls',
        retentionDays: usageRetentionDays,
      };
      return tryAcquire(place, { perSecond: calls_per_day / secondsPerDay, burst });
    },

    async returnModelCall(tenantId, { calls_per_day }) {
      await usage.updateIf(today(tenantId), {
        set: {
          model_spent_until: expr`model_spent_until - ${(secondsPerDay / calls_per_day) * 1000}`,
        },
        add: { lead_model_calls: -1 },
        // After midnight the call was counted on the item of the day before.
        if: expr`lead_model_calls > ${0}`,
      });
    },

    async count(tenantId, counter, by = 1) {
      await usage.update(today(tenantId), {
        add: { [counter]: by },
        retentionDays: usageRetentionDays,
      });
    },
  };
}

/** The day in UTC, such as 2026-11-21. */
export const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
