import { describe, expect, it } from 'vitest';
import { limitsText, readLimits } from '../../../bin/tenants/limits.ts';
import { defaultModelLimit, defaultRateLimit } from '../../../lambdas/tenancy/tenant.ts';
import { aTenant } from '../../support/tenants.ts';

describe('the limits that an operator gives a company', () => {
  it('are none where none is named', () => {
    expect(readLimits({})).toEqual({});
  });

  it('keep the half that is not named', () => {
    const before = {
      rate_limit: { requests_per_second: 5, burst: 10 },
      model_limit: { calls_per_day: 1_000, burst: 100 },
    };

    expect(readLimits({ burst: '20' }, before)).toEqual({
      rate_limit: { requests_per_second: 5, burst: 20 },
    });
    expect(readLimits({ modelCallsPerDay: '2000' }, before)).toEqual({
      model_limit: { calls_per_day: 2_000, burst: 100 },
    });
    expect(readLimits({ modelBurst: '7' })).toEqual({
      model_limit: { ...defaultModelLimit, burst: 7 },
    });
  });

  it('allow no more calls at once than in a day', () => {
    expect(readLimits({ modelCallsPerDay: '10' })).toEqual({
      model_limit: { calls_per_day: 10, burst: 10 },
    });
  });

  it('may allow no call of the model, and afterwards some', () => {
    const none = readLimits({ modelCallsPerDay: '0' });
    const some = readLimits({ modelCallsPerDay: '2000' }, none);

    expect(none).toEqual({ model_limit: { calls_per_day: 0, burst: 0 } });
    expect(some).toEqual({ model_limit: { calls_per_day: 2_000, burst: 500 } });
  });

  it.each([
    [{ requestsPerSecond: '0' }, '--requests-per-second'],
    [{ burst: '1.5' }, '--burst'],
    [{ modelCallsPerDay: '-1' }, '--model-calls-per-day'],
    [{ modelCallsPerDay: '' }, '--model-calls-per-day'],
    [{ modelCallsPerDay: 'many' }, '--model-calls-per-day'],
    [{ modelCallsPerDay: '1.5' }, '--model-calls-per-day'],
    [{ modelCallsPerDay: '10', modelBurst: '11' }, '--model-burst'],
    [{ modelBurst: '0' }, '--model-burst'],
  ])('are refused by their name: %j', (options, named) => {
    expect(() => readLimits(options)).toThrow(named);
  });

  it('are read on the company’s line', () => {
    const rate_limit = defaultRateLimit;
    const model_limit = { calls_per_day: 0, burst: 0 };

    expect(limitsText(aTenant())).toBe('50/s, burst 500; leads by a model 5000/day, burst 500');
    expect(limitsText(aTenant({ rate_limit, model_limit }))).toBe(
      '50/s, burst 500; no lead by a model',
    );
  });
});
