import * as z from 'zod/mini';
import { feature } from '../shared/features/feature.ts';
import { adapters } from './messages.ts';

/** Who judges a company's leads. */
const leadTriage = z.strictObject({
  adapter: z._default(z.enum(adapters), 'rules'),
  /** For the adapter openai. */
  model: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
  /** What the company sells and whom it is looking for, told to the model. */
  instructions: z.optional(z.string().check(z.minLength(1), z.maxLength(20_000))),
  /** How long the model may take before the rules judge in its place. */
  timeout_seconds: z._default(z.number().check(z.gte(0.1), z.lte(30)), 20),
});
export type LeadTriage = z.output<typeof leadTriage>;

/** How long a company's leads are kept. */
const leadRetention = z.strictObject({ days: z.int().check(z.gte(1), z.lte(3650)) });

const defaultRetentionDays = 730;
export const defaultTriageModel = 'gpt-5.6-luna';

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
