import type { Clock } from '../../runtime/clock.ts';
import { type EngineError, retryLater } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { UsageCounter } from '../../tenancy/adapters/usage-counter.ts';
import type { Tenant } from '../../tenancy/contract.ts';

/** A flood of leads writes one line in this time, by company and instance. */
const quietMs = 300_000;
const maxRemembered = 2_000;

/** The calls of the model that the operator allows each company for its leads. */
export interface ModelBudget {
  /** Spends a call; where none is left says so, and tells the log once in a while. */
  spend(tenant: Tenant, log: Log): Promise<EngineError | undefined>;
}

export function modelBudget(
  usage: Pick<UsageCounter, 'spendModelCall'>,
  clock: Pick<Clock, 'now'>,
): ModelBudget {
  const quietUntil = new Map<string, number>();

  const isToldOf = (tenantId: string): boolean => {
    if ((quietUntil.get(tenantId) ?? 0) > clock.now()) return true;
    if (quietUntil.size >= maxRemembered) quietUntil.clear();
    quietUntil.set(tenantId, clock.now() + quietMs);
    return false;
  };

  return {
    async spend({ tenant_id, model_limit }, log) {
      if (await usage.spendModelCall(tenant_id, model_limit)) return undefined;
      const error = retryLater('model_budget', `${tenant_id} has used up its calls of the model.`);
      if (!isToldOf(tenant_id)) {
        log.warn('A company has used up its calls of the model; the rules judge its leads.', {
          tenant_id,
          error_code: error.code,
          ...model_limit,
        });
      }
      return error;
    },
  };
}
