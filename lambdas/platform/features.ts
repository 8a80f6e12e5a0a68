import type * as z from 'zod/mini';
import { features as emailFeatures } from '../email-deadlines/features.ts';
import { features as leadFeatures } from '../leads/features.ts';
import { loopbackFeatures, features as webhookFeatures } from '../webhooks/features.ts';
import { features as whatsAppFeatures } from '../whatsapp-replies/features.ts';

/** The features that this product itself reads, by their names. */
export const knownFeatures: Readonly<Record<string, z.ZodMiniType>> = {
  ...whatsAppFeatures,
  ...emailFeatures,
  ...leadFeatures,
  ...webhookFeatures,
};

/**
 * The schema of a feature, or of its variant for one project (`assistant.support`); undefined for one that is
 * free. With `loopback`, for the stage whose receivers may be on the same machine.
 */
export function schemaOf(feature: string, loopback: boolean): z.ZodMiniType | undefined {
  const features = loopback ? { ...knownFeatures, ...loopbackFeatures } : knownFeatures;
  const name = feature.split('.')[0] ?? '';
  return Object.hasOwn(features, name) ? features[name] : undefined;
}
