import * as z from 'zod/mini';
import { feature } from '../shared/features/feature.ts';
import { adapters } from './messages.ts';

export const defaultTriageModel = 'gpt-5.6-luna';

/** Who classifies a company's leads. */
const leadTriage = z.strictObject({
  adapter: z._default(z.enum(adapters), 'rules').check(z.describe('Who classifies')),
  model: z
    .optional(z.string().check(z.minLength(1), z.maxLength(256)))
    .check(z.describe(`The model of the adapter openai; ${defaultTriageModel} by default`)),
  instructions: z
    .optional(z.string().check(z.minLength(1), z.maxLength(20_000)))
    .check(z.describe('What the company sells and whom it looks for, told to the model')),
  timeout_seconds: z
    ._default(z.number().check(z.gte(0.1), z.lte(30)), 20)
    .check(z.describe('How long the model may take before the rules classify in its place')),
});
export type LeadTriage = z.output<typeof leadTriage>;

/** How long a company's leads are kept. */
const leadRetention = z.strictObject({
  days: z
    .int()
    .check(
      z.gte(1),
      z.lte(3650),
      z.describe('Days that a lead is kept; 730 where the feature is not set'),
    ),
});

const defaultRetentionDays = 730;

/** The features of a tenant's configuration that this context reads. */
export const features = { 'lead-triage': leadTriage, 'lead-retention': leadRetention };

export const leadTriageFeature = feature('lead-triage', leadTriage, {
  unset: leadTriage.parse({}),
  malformed: 'use-unset',
});

export const leadRetentionFeature = feature('lead-retention', leadRetention, {
  unset: { days: defaultRetentionDays },
  malformed: 'use-unset',
});
