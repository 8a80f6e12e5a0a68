import * as z from 'zod/mini';
import { feature } from '../shared/features/feature.ts';

/** The sentences that the product itself says are the agents', on every channel. */
export type { Texts } from '../agents/features.ts';

const words = z._default(
  z.array(z.string().check(z.minLength(1), z.maxLength(60))).check(z.maxLength(50)),
  [],
);

/** What ends and resumes messages beside STOP and START: own words, and texts or payloads of own buttons. */
const optOutFeature = z.strictObject({
  stop_words: words.check(z.describe('What ends the messages, beside STOP')),
  start_words: words.check(z.describe('What resumes them, beside START')),
});

/** The features of a tenant's configuration that this context reads. */
export const features = {
  'opt-out': optOutFeature,
};

/** STOP and START work without it. */
export const optOutWords = feature('opt-out', optOutFeature, {
  unset: undefined,
  malformed: 'use-unset',
});
