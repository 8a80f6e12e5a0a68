import * as z from 'zod/mini';
import { feature } from '../shared/features/feature.ts';
import { text } from './text.ts';

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

/** How a conversation comes from the agent to a person, and back. */
export const handoverFeature = z.strictObject({
  keywords: z
    ._default(z.array(text(60)).check(z.maxLength(100)), [])
    .check(
      z.describe(
        'A customer’s message with one of these words lets them wait for a person; capitals, accents and punctuation do not matter',
      ),
    ),
  text: z
    ._default(text(1000), 'A person will answer you here as soon as possible.')
    .check(z.describe('Said when a customer asks for a person')),
  return_after_minutes: z
    .optional(z.int().check(z.gte(5), z.lte(43_200)))
    .check(
      z.describe(
        'Minutes in which nobody has written, after which the agent answers the customer’s next message again; without it, a person hands back',
      ),
    ),
});
export type HandoverFeature = z.output<typeof handoverFeature>;

/** The features of a tenant's configuration that this context reads. */
export const features = { 'message-retention': retentionFeature, handover: handoverFeature };

export const messageRetentionFeature = feature('message-retention', retentionFeature, {
  unset: undefined,
  malformed: 'use-unset',
});

/** No word asks for a person where it is not set; the button in the chat does. */
export const handoverOf = feature('handover', handoverFeature, {
  unset: handoverFeature.parse({}),
  malformed: 'use-unset',
});
