import * as z from 'zod/mini';

/** A tenant's id is part of stored keys, of API keys and of environment names; it is the `company_id` of WhatsApp's contract. */
export const tenantId = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/));

/** What a caller may do. Each route names the one that it needs. */
export const scopes = [
  'api:read',
  'configuration:read',
  'configuration:write',
  'emails:read',
  'emails:write',
  'leads:create',
  'leads:read',
  'leads:write',
  'usage:read',
] as const;
export type Scope = (typeof scopes)[number];

/** The scopes of each role; a visitor is whoever opens a web page that carries a public client id. */
export const roles = {
  TenantAdmin: scopes,
  OperationUser: [
    'api:read',
    'configuration:read',
    'emails:read',
    'emails:write',
    'leads:create',
    'leads:read',
    'leads:write',
    'usage:read',
  ],
  Visitor: ['api:read', 'leads:create'],
} as const satisfies Record<string, readonly Scope[]>;
export type Role = keyof typeof roles;

/** The roles, the one that may do most first: of several, it is the one that counts. */
export const strongestRole = (Object.keys(roles) as Role[]).sort(
  (one, other) => roles[other].length - roles[one].length,
);

export const isRole = (name: string): name is Role => Object.hasOwn(roles, name);

/** A name for people, as it is given: no control characters, line ends or blanks around it. */
export const givenName = z.string().check(
  z.trim(),
  z.minLength(1),
  z.maxLength(200),
  z.refine((name) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)),
);

/** How many requests a tenant may make; its visitors have a budget of the same size to themselves. */
export const rateLimit = z.object({
  requests_per_second: z.number().check(z.gte(0.01), z.lte(10_000)),
  burst: z.int().check(z.gte(1), z.lte(100_000)),
});
export type RateLimit = z.output<typeof rateLimit>;

export const defaultRateLimit: RateLimit = { requests_per_second: 50, burst: 500 };

/** How many of a tenant's leads a model may judge, which the operator pays for: 0 a day is none at all. */
export const modelLimit = z
  .object({
    calls_per_day: z.int().check(z.gte(0), z.lte(10_000_000)),
    burst: z.int().check(z.gte(0), z.lte(10_000_000)),
  })
  .check(
    z.refine(
      ({ calls_per_day, burst }) => burst <= calls_per_day && burst > 0 === calls_per_day > 0,
    ),
  );
export type ModelLimit = z.output<typeof modelLimit>;

export const defaultModelLimit: ModelLimit = { calls_per_day: 5_000, burst: 500 };

/** A company on this deployment. */
export const tenantSchema = z.object({
  tenant_id: tenantId,
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  status: z.enum(['active', 'suspended']),
  rate_limit: z._default(rateLimit, defaultRateLimit),
  model_limit: z._default(modelLimit, defaultModelLimit),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type Tenant = z.output<typeof tenantSchema>;

/**
 * What the authorizer hands to the routes, all as text. The HTTP API answers a refusal of its own with a
 * body of its own; so the authorizer lets every request through, and the gate before each route refuses.
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

/** How long the HTTP API keeps what the authorizer said: as long does a revoked key still work. */
export const authorizerCacheSeconds = 60;

/** Who may call a route: everybody, whoever signs as its vendor does, or a caller with this scope. */
export type Access = 'open' | 'signed' | Scope;

/** One route of the HTTP API: what the stack makes, the gate guards and the OpenAPI document tells. */
export interface ApiRoute {
  operationId: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `{name}` for parameters. */
  path: string;
  access: Access;
  tag: string;
  summary: string;
  /** Each parameter of the query by its name. */
  query?: z.ZodMiniObject;
  /** Request headers that mean something here, with what they mean. */
  headers?: Record<string, string>;
  body?: z.ZodMiniType;
  /** No body means an empty object. */
  bodyIsOptional?: true;
  success: {
    status: 200 | 201 | 202 | 204;
    what: string;
    /** What 201 means, for a route that answers it too. */
    created?: string;
    /** Of a JSON body. */
    schema?: z.ZodMiniType;
    /** Of a body that is no JSON. */
    mediaType?: string;
  };
  /** Problems beside those of the gate: headings of docs/errors.md by status. */
  problems?: Partial<Record<400 | 404 | 409 | 412 | 413 | 415 | 422, string | readonly string[]>>;
}

/** The variables of every Lambda that knows tenants. */
export const tenancyEnvironment = { TENANTS_TABLE: z.string() };

/** Days of usage counters that are kept. */
export const usageKeptDays = 400;
