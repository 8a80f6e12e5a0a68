import * as z from 'zod/mini';
import { tenantId } from './tenant.ts';

/**
 * What the authorizer hands to the routes, all as text. An API answers a refusal of its own with a
 * body of its own; so the authorizer lets every request through, and `authorizeRequest` before each route refuses.
 */
export const authorizerContext = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('unauthenticated') }),
  z.object({ outcome: z.literal('forbidden') }),
  z.object({ outcome: z.literal('suspended') }),
  z.object({
    outcome: z.literal('known'),
    tenant_id: tenantId,
    role: z.string(),
    /** Separated by spaces. */
    scopes: z.string(),
    /** Who calls: `key:<id>`, `user:<subject>` or `visitor:<id>`. */
    principal: z.string().check(z.minLength(1)),
    /** When the credential ends, in seconds since the epoch; 0 for never. */
    valid_until: z.string().check(z.regex(/^\d+$/)),
    requests_per_second: z.string(),
    burst: z.string(),
  }),
]);

export type AuthorizerContext = z.output<typeof authorizerContext>;

/** How long the APIs keep what the authorizer said: as long does a revoked key still work. */
export const authorizerCacheSeconds = 60;
