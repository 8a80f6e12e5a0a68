import type * as z from 'zod/mini';
import { features as agentFeatures } from '../agents/features.ts';
import { features as conversationFeatures } from '../conversations/features.ts';
import {
  features as emailFeatures,
  loopbackFeatures as emailLoopback,
} from '../email-deadlines/features.ts';
import { features as leadFeatures } from '../leads/features.ts';
import { features as webChatFeatures } from '../web-chat/features.ts';
import {
  features as webhookFeatures,
  loopbackFeatures as webhookLoopback,
} from '../webhooks/features.ts';
import { features as whatsAppFeatures } from '../whatsapp-replies/features.ts';

/** The features that this product itself reads, by their names. */
export const knownFeatures: Readonly<Record<string, z.ZodMiniType>> = {
  ...agentFeatures,
  ...whatsAppFeatures,
  ...conversationFeatures,
  ...emailFeatures,
  ...leadFeatures,
  ...webhookFeatures,
  ...webChatFeatures,
};

/**
 * The schema of a feature, or of its variant for one project (`assistant.support`); undefined for one that is
 * free. With `loopback`, for the stage whose receivers and mailboxes may be on the same machine.
 */
export function schemaOf(feature: string, loopback: boolean): z.ZodMiniType | undefined {
  const features = loopback
    ? { ...knownFeatures, ...emailLoopback, ...webhookLoopback }
    : knownFeatures;
  const name = feature.split('.')[0] ?? '';
  return Object.hasOwn(features, name) ? features[name] : undefined;
}
