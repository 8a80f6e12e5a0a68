import * as z from 'zod/mini';
import { feature } from '../shared/features/feature.ts';

/** How long a company's conversations are kept. */
const retentionFeature = z.strictObject({
  days: z
    .int()
    .check(
      z.gte(1),
      z.lte(3650),
      z.describe('Days that a conversation is kept; RETENTION_DAYS where the feature is not set'),
    ),
});

/** The features of a tenant's configuration that this context reads. */
export const features = { 'message-retention': retentionFeature };

export const messageRetentionFeature = feature('message-retention', retentionFeature, {
  unset: undefined,
  malformed: 'use-unset',
});
