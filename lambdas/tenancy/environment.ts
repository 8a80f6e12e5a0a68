import * as z from 'zod/mini';

/** The variables of every Lambda that knows tenants. */
export const tenancyEnvironment = { TENANTS_TABLE: z.string() };

/** The variables of every Lambda that issues or verifies visitors' tokens. */
export const visitorKeyEnvironment = {
  VISITOR_TOKEN_KEY_SECRET_ID: z.string(),
  SECRETS_MANAGER_REGION: z.optional(z.string()),
};
