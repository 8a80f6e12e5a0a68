import type { ApiRoute } from '../tenancy/route.ts';
import { conversationStarters } from './conversation-starters.ts';
import { macros } from './macros.ts';

/** The resources of this context. */
export const resources = [macros, conversationStarters];

export const routes: readonly ApiRoute[] = resources.flatMap(({ routes }) => Object.values(routes));
