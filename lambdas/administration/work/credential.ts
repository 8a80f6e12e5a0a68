import * as z from 'zod/mini';
import { scopes } from '../../tenancy/scopes.ts';
import { tenantId } from '../../tenancy/tenant.ts';

/** A credential of a tenant, as it is stored: an API key without its secret, or a public client id. */
export const credentialSchema = z.object({
  tenant_id: tenantId,
  key_id: z.string(),
  kind: z.enum(['key', 'client']),
  name: z.string(),
  role: z.string(),
  /** If only some of the role's scopes are given. */
  scopes: z.optional(z.array(z.enum(scopes))),
  secret_hash: z.optional(z.string()),
  valid_until: z.optional(z.iso.datetime()),
  created_at: z.iso.datetime(),
  created_by: z.string(),
  revoked_at: z.optional(z.iso.datetime()),
  /** A day, such as 2026-11-21. */
  last_used_on: z.optional(z.string()),
});

export type StoredCredential = z.output<typeof credentialSchema>;
