import * as z from 'zod/mini';

/** The variables of every Lambda that knows tenants. */
export const tenancyEnvironment = { TENANTS_TABLE: z.string() };
