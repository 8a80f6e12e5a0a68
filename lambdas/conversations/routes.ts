import type { ApiRoute } from '../tenancy/route.ts';
import { clientEventRoutes } from './client-event-routes.ts';
import { conversationRoutes } from './conversation-routes.ts';
import { conversationStarters } from './conversation-starters.ts';
import { faqItems } from './faq-items.ts';
import { feedbackRoutes } from './feedback-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { macros } from './macros.ts';
import { sessionRoutes } from './session-routes.ts';

/** The resources of this context. */
export const resources = [macros, conversationStarters, faqItems];

export const routes: readonly ApiRoute[] = [
  ...Object.values(fileRoutes),
  ...Object.values(conversationRoutes),
  ...resources.flatMap(({ routes }) => Object.values(routes)),
  ...Object.values(sessionRoutes),
  ...Object.values(clientEventRoutes),
  ...Object.values(feedbackRoutes),
];
