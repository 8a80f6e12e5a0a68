import type * as z from 'zod/mini';
import { features as emailFeatures } from '../email-deadlines/features.ts';
import { features as leadFeatures } from '../leads/features.ts';
import { features as whatsAppFeatures } from '../whatsapp-replies/features.ts';

/** The features that this product itself reads, by their names. */
export const knownFeatures: Readonly<Record<string, z.ZodMiniType>> = {
  ...whatsAppFeatures,
  ...emailFeatures,
  ...leadFeatures,
};

/** The schema of a feature, or of its variant for one project (`assistant.support`); undefined for one that is free. */
export function schemaOf(feature: string): z.ZodMiniType | undefined {
  const name = feature.split('.')[0] ?? '';
  return Object.hasOwn(knownFeatures, name) ? knownFeatures[name] : undefined;
}
