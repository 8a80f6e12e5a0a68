import type { Clock } from '../../shared/clock.ts';
import { type EngineError, retryLater } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { UsageCounter } from '../../tenancy/stores/usage-counter.ts';
import type { Tenant } from '../../tenancy/tenant.ts';

/** A flood of leads writes one line in this time, for each company and instance. */
const quietMs = 300_000;
/** For how long an instance remembers that a company has no call left, so that a flood does not reach its usage item. */
const maxCachedMs = 10_000;
const maxRemembered = 2_000;

/** The calls of the model that the operator allows each company for its leads. */
export interface ModelCallLimit {
  /** Acquires a call; if none is left it says so, and logs it from time to time. */
  tryAcquire(tenant: Tenant, log: Log): Promise<EngineError | undefined>;
  /** Returns a call that the model did not answer; if that fails, the company has one call less. */
  giveBack(tenant: Tenant): Promise<void>;
}

export function modelCallLimit(
  usage: Pick<UsageCounter, 'tryAcquireModelCall' | 'returnModelCall'>,
  clock: Pick<Clock, 'now'>,
): ModelCallLimit {
  const [emptyUntil, quietUntil] = [new Map<string, number>(), new Map<string, number>()];
  const isStill = (until: Map<string, number>, tenantId: string): boolean =>
    clock.now() < (until.get(tenantId) ?? 0);

  return {
    async tryAcquire({ tenant_id, model_limit }, log) {
      if (!isStill(emptyUntil, tenant_id)) {
        const result = await usage.tryAcquireModelCall(tenant_id, model_limit);
        if (result.acquired) return undefined;
        const cachedMs = Math.min(result.waitMs, maxCachedMs);
        remember(emptyUntil, tenant_id, clock.now() + cachedMs);
      }
      const error = retryLater('model_budget', `${tenant_id} has used up its calls of the model.`);
      if (!isStill(quietUntil, tenant_id)) {
        remember(quietUntil, tenant_id, clock.now() + quietMs);
        log.warn('A company has used up its calls of the model; the rules classify its leads.', {
          tenant_id,
          error_code: error.code,
          ...model_limit,
        });
      }
      return error;
    },

    async giveBack({ tenant_id, model_limit }) {
      emptyUntil.delete(tenant_id);
      await usage.returnModelCall(tenant_id, model_limit).catch(() => undefined);
    },
  };
}

function remember(until: Map<string, number>, tenantId: string, ms: number): void {
  if (until.size >= maxRemembered) until.clear();
  until.set(tenantId, ms);
}
