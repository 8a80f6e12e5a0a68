import * as z from 'zod/mini';
import { isHttpUrl, isLoopbackUrl, loopbackVariable } from '../runtime/public-url.ts';
import { type ApiRoute, scopes, tenancyEnvironment, tenantId } from '../tenancy/contract.ts';

/** A credential of a tenant, as it is stored: an API key without its secret, or a public client id. */
export const credentialSchema = z.object({
  tenant_id: tenantId,
  key_id: z.string(),
  kind: z.enum(['key', 'client']),
  name: z.string(),
  role: z.string(),
  /** Where only some of the role's scopes are given. */
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

const httpsUrl = z.string().check(
  z.refine((text) => isHttpUrl(text) && (/^https:/i.test(text) || isLoopbackUrl(text)), {
    error: 'It must start with https://.',
  }),
);

/** Algorithms whose public keys a JWKS can hold; none of them takes a shared secret. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

const claim = (fallback: string) =>
  z._default(z.string().check(z.minLength(1), z.maxLength(200)), fallback);

const identityProvider = {
  /** The issuer whose tokens are accepted, such as https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc. */
  OIDC_ISSUER: z.optional(httpsUrl),
  /** What the tokens must be meant for: the client id at Cognito. */
  OIDC_AUDIENCE: z.optional(z.string()),
  OIDC_ALGORITHM: z._default(z.enum(algorithms), 'RS256'),
  OIDC_TENANT_CLAIM: claim('tenant_id'),
  OIDC_ROLE_CLAIM: claim('role'),
};

/** What an operator may set for this context, checked when the stack is synthesized. */
export const operatorEnvironment = z.object(identityProvider).check(
  z.refine((env) => !env.OIDC_ISSUER || Boolean(env.OIDC_AUDIENCE), {
    error: 'OIDC_ISSUER needs OIDC_AUDIENCE',
    path: ['OIDC_AUDIENCE'],
  }),
);

export const authorizerEnvironment = z.object({ ...tenancyEnvironment, ...identityProvider });
export const configurationEnvironment = z.object({ ...tenancyEnvironment, ...loopbackVariable });
export const usageEnvironment = z.object(tenancyEnvironment);
export const openApiEnvironment = z.object({ ...tenancyEnvironment, PUBLIC_BASE_URL: z.string() });

/** Bounds that callers meet. */
export const limits = {
  /** A feature's value as JSON text, in bytes: with the value before, an item stays under 400 KB. */
  featureBytes: 100_000,
  pageSize: 50,
  usageDays: 366,
} as const;

export const featureName = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/));

const configurationBody = z.strictObject({ feature_value: z.unknown() });

export { configurationBody };

const configured = z.object({
  feature_name: featureName,
  feature_value: z.unknown(),
  version: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  updated_by: z.string(),
});

const change = z.object({
  feature_name: featureName,
  version: z.int(),
  changed_at: z.iso.datetime(),
  changed_by: z.string(),
  action: z.enum(['set', 'deleted']),
  /** What was set before; missing where nothing was. */
  before: z.optional(z.unknown()),
});
export type Change = z.output<typeof change>;

const page = z.object({
  cursor: z.optional(z.string().check(z.regex(/^[A-Za-z0-9._-]{1,128}$/))),
  limit: z.optional(z.string().check(z.regex(/^([1-9]|[1-4]\d|50)$/))),
});

export { page as pageQuery };

const day = z.iso.date();

/** The first day that may be asked for: those before the year 0 would have another form. */
export const firstUsageDay = '1970-01-01';
const askedDay = day.check(z.refine((date) => date >= firstUsageDay));
const usageQuery = z.object({ from: z.optional(askedDay), to: z.optional(askedDay) });

export { usageQuery };

const counters = {
  requests: z.int(),
  replies: z.int(),
  emails: z.int(),
  leads: z.int(),
  /** Of those that the operator allows its leads: how often a model was asked. */
  lead_model_calls: z.int(),
};
const usage = z.object({
  tenant_id: tenantId,
  from: day,
  to: day,
  total: z.object(counters),
  days: z.array(z.object({ date: day, ...counters })),
});

const ifMatch = {
  'If-Match': 'The ETag that was read: the change is made only if nobody has made another since.',
};
const featurePath = '/tenant-configuration/{feature_name}';
const tag = 'Tenant configuration';

export const routes = {
  setConfiguration: {
    operationId: 'setConfiguration',
    method: 'POST',
    path: featurePath,
    access: 'configuration:write',
    tag,
    summary: 'Sets a feature',
    headers: { ...ifMatch, 'If-None-Match': '`*`: only if the feature is not set yet.' },
    body: configurationBody,
    success: {
      status: 200,
      what: 'The feature as it is set now',
      created: 'The feature as it is set now, where it was not set before',
      /** The note says that the product itself does not read the feature. */
      schema: z.object({ ...configured.shape, note: z.optional(z.string()) }),
    },
    problems: {
      400: 'malformed-json',
      412: 'precondition-failed',
      413: 'body-too-large',
      415: 'unsupported-media-type',
      422: 'invalid',
    },
  },
  listConfiguration: {
    operationId: 'listConfiguration',
    method: 'GET',
    path: '/tenant-configuration',
    access: 'configuration:read',
    tag,
    summary: 'All features that are set, by their names',
    query: page,
    success: {
      status: 200,
      what: 'A page of features; next_cursor is null on the last',
      schema: z.object({
        configurations: z.array(configured),
        next_cursor: z.nullable(z.string()),
      }),
    },
    problems: { 422: 'invalid' },
  },
  getConfiguration: {
    operationId: 'getConfiguration',
    method: 'GET',
    path: featurePath,
    access: 'configuration:read',
    tag,
    summary: 'One feature, with its ETag',
    success: { status: 200, what: 'The feature', schema: configured },
    problems: { 404: 'not-found', 422: 'invalid' },
  },
  deleteConfiguration: {
    operationId: 'deleteConfiguration',
    method: 'DELETE',
    path: featurePath,
    access: 'configuration:write',
    tag,
    summary: 'Takes a feature back to its default',
    headers: ifMatch,
    success: { status: 204, what: 'It is not set any more' },
    problems: { 404: 'not-found', 412: 'precondition-failed', 422: 'invalid' },
  },
  listChanges: {
    operationId: 'listConfigurationChanges',
    method: 'GET',
    path: `${featurePath}/changes`,
    access: 'configuration:read',
    tag,
    summary: 'Who changed a feature, when, and what it was before; newest first',
    query: page,
    success: {
      status: 200,
      what: 'A page of changes; next_cursor is null on the last',
      schema: z.object({ changes: z.array(change), next_cursor: z.nullable(z.string()) }),
    },
    problems: { 404: 'not-found', 422: 'invalid' },
  },
  usage: {
    operationId: 'getUsage',
    method: 'GET',
    path: '/usage',
    access: 'usage:read',
    tag: 'Usage',
    summary:
      'Requests, replies, emails, leads and their calls of a model by day (UTC), the last 30 days by default',
    query: usageQuery,
    success: { status: 200, what: 'The counters; days without any are left out', schema: usage },
    problems: { 422: 'invalid' },
  },
  openApi: {
    operationId: 'getOpenApi',
    method: 'GET',
    path: '/openapi.json',
    access: 'api:read',
    tag: 'API',
    summary: 'This document',
    success: {
      status: 200,
      what: 'The OpenAPI 3.1 document',
      schema: z.record(z.string(), z.unknown()),
    },
  },
} satisfies Record<string, ApiRoute>;
