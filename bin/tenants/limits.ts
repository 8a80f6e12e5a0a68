import type { TenantLimits } from '../../lambdas/administration/stores/tenant-store.ts';
import {
  defaultModelLimit,
  defaultRateLimit,
  type ModelLimit,
  modelLimit,
  type RateLimit,
  rateLimit,
  type Tenant,
} from '../../lambdas/tenancy/tenant.ts';
import { CommandError } from '../command.ts';

/** The options that set limits, as they were typed. */
export interface LimitOptions {
  requestsPerSecond?: string | undefined;
  burst?: string | undefined;
  modelCallsPerDay?: string | undefined;
  modelBurst?: string | undefined;
}

/** The limits that the options name; the other half of a limit stays as it was before. */
export function readLimits(
  options: LimitOptions,
  {
    rate_limit = defaultRateLimit,
    model_limit = defaultModelLimit,
  }: Partial<Pick<Tenant, 'rate_limit' | 'model_limit'>> = {},
): TenantLimits {
  const rate = readRate(options, rate_limit);
  const model = readModel(options, model_limit);
  return { ...(rate && { rate_limit: rate }), ...(model && { model_limit: model }) };
}

/** How a company's limits read on its line. */
export const limitsText = ({ rate_limit, model_limit }: Tenant): string =>
  [
    `${rate_limit.requests_per_second}/s, burst ${rate_limit.burst}`,
    model_limit.calls_per_day === 0
      ? 'no lead by a model'
      : `leads by a model ${model_limit.calls_per_day}/day, burst ${model_limit.burst}`,
  ].join('; ');

function readRate(options: LimitOptions, before: RateLimit): RateLimit | undefined {
  const { requestsPerSecond: rate, burst } = options;
  if (rate === undefined && burst === undefined) return undefined;
  const result = rateLimit.safeParse({
    requests_per_second: numberOf(rate) ?? before.requests_per_second,
    burst: numberOf(burst) ?? before.burst,
  });
  if (result.success) return result.data;
  throw new CommandError(
    '--requests-per-second is a number from 0.01 to 10000, --burst a whole one from 1 to 100000.',
  );
}

function readModel(options: LimitOptions, before: ModelLimit): ModelLimit | undefined {
  const { modelCallsPerDay: calls, modelBurst: burst } = options;
  if (calls === undefined && burst === undefined) return undefined;
  const calls_per_day = numberOf(calls) ?? before.calls_per_day;
  const result = modelLimit.safeParse({
    calls_per_day,
    // More at once than in a day is no limit of the day; and none before says nothing of now.
    burst: numberOf(burst) ?? Math.min(before.burst || defaultModelLimit.burst, calls_per_day),
  });
  if (result.success) return result.data;
  throw new CommandError(
    '--model-calls-per-day is a whole number from 0 to 10000000, --model-burst one from 1 to as many (0 with 0 calls).',
  );
}

/** What is no number is NaN, which no limit takes; `Number` would take blanks for 0. */
function numberOf(typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  return typed.trim() === '' ? Number.NaN : Number(typed);
}
