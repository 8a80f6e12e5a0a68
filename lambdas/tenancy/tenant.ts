import * as z from 'zod/mini';

/** A tenant's id is part of stored keys, of API keys and of environment names; it is the `company_id` of WhatsApp's contract. */
export const tenantId = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/));

/** A name for people, as it is given: no control characters, line ends or blanks around it. */
export const displayName = z.string().check(
  z.trim(),
  z.minLength(1),
  z.maxLength(200),
  z.refine((name) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name), {
    error: 'It may have no line breaks and no control characters.',
  }),
);

/** How many requests a tenant may make; its visitors have a limit of the same size of their own. */
export const rateLimit = z.object({
  requests_per_second: z.number().check(z.gte(0.01), z.lte(10_000)),
  burst: z.int().check(z.gte(1), z.lte(100_000)),
});

export type RateLimit = z.output<typeof rateLimit>;

/** Whose rate a request counts for: that of the company's own programs, or of whoever opens its web page. */
export type RateClass = 'callers' | 'visitors';

export const defaultRateLimit: RateLimit = { requests_per_second: 50, burst: 500 };

/** How many of a tenant's leads a model may classify, which the operator pays for: 0 a day is none at all. */
export const modelLimit = z
  .object({
    calls_per_day: z.int().check(z.gte(0), z.lte(10_000_000)),
    burst: z.int().check(z.gte(0), z.lte(10_000_000)),
  })
  .check(
    z.refine(
      ({ calls_per_day, burst }) => burst <= calls_per_day && burst > 0 === calls_per_day > 0,
    ),
  );

export type ModelLimit = z.output<typeof modelLimit>;

export const defaultModelLimit: ModelLimit = { calls_per_day: 5_000, burst: 500 };

/** A company on this deployment. */
export const tenantSchema = z.object({
  tenant_id: tenantId,
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  status: z.enum(['active', 'suspended']),
  rate_limit: z._default(rateLimit, defaultRateLimit),
  model_limit: z._default(modelLimit, defaultModelLimit),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export type Tenant = z.output<typeof tenantSchema>;

/** Days of usage counters that are kept. */
export const usageRetentionDays = 400;
