import * as z from 'zod/mini';
import { outageAttempts } from '../runtime/outage.ts';
import { type ApiRoute, tenantId } from '../tenancy/contract.ts';
import { intents, nextActions, priorities } from './domain/insight.ts';
import { leadRequest, leadSource } from './lead-request.ts';

/** Bounds of the design that the stack and the code must agree on. */
export const limits = {
  leadBodyBytes: 64_000,
  leadsTimeoutSeconds: 20,
  triageTimeoutSeconds: 60,
  /** Just above the function's timeout: after a crash its leads wait this long. */
  triageVisibilitySeconds: 65,
  batchSize: 10,
  /** Failures of a lead after which it goes to the dead-letter queue. */
  maxAttempts: 5,
  outageAttempts,
  /** Far above them: what Lambda throttles, as a new account does soon, is counted by the queue though nobody tried it. */
  maxReceiveCount: 200,
  pageSize: 50,
  /** A request that has claimed its key and has not stored its lead after this time has died. */
  inFlightSeconds: 25,
  idempotencyDays: 2,
} as const;

/** The table's indexes, each by the attribute of its name. */
export const indexNames = ['by_priority', 'by_intent', 'by_source'] as const;

const leadId = z.guid();

export { leadId };

const nullableText = z.nullable(z.string());

/** A lead as its tenant sees it; also one that was stored under the bounds of a version before. */
const lead = z.object({
  id: leadId,
  email: nullableText,
  phone: nullableText,
  name: nullableText,
  note: z.string(),
  source: nullableText,
  created_at: z.iso.datetime(),
});
export type Lead = z.output<typeof lead>;

export const adapters = ['rules', 'openai'] as const;
export type AdapterName = (typeof adapters)[number];

const insight = z.object({
  id: z.guid(),
  lead_id: leadId,
  intent: z.enum(intents),
  priority: z.enum(priorities),
  next_action: z.enum(nextActions),
  confidence: z.number().check(z.gte(0), z.lte(1)),
  tags: z.array(z.string()),
  created_at: z.iso.datetime(),
  /** Counts the insights of its lead. */
  version: z.int(),
  /** Who judged, and by which rules or model. */
  adapter: z.enum(adapters),
  adapter_version: z.string(),
  /** Why the rules judged although the model was to; null where they were not to be replaced. */
  fallback_reason: z.nullable(z.string()),
  /** The words of the note that spoke for the judgement, or against another. */
  explanation: z.array(
    z.object({ phrase: z.string(), speaks_for: z.string(), weight: z.number() }),
  ),
});
/** What is known of a lead once it is triaged. */
export type Insight = z.output<typeof insight>;

/** What waits in the queue of leads: a lead to be triaged, or one to be judged anew. */
export const triageMessage = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('triage'),
    tenant_id: tenantId,
    lead,
    /** When it may be deleted, in seconds since the epoch. */
    expires_at: z.int(),
  }),
  z.object({
    kind: z.literal('again'),
    tenant_id: tenantId,
    lead_id: leadId,
    request_id: z.guid(),
    /** Undefined: as the tenant has configured it. */
    adapter: z.optional(z.enum(adapters)),
  }),
]);
export type TriageMessage = z.output<typeof triageMessage>;

export const againRequest = z.strictObject({ adapter: z.optional(z.enum(adapters)) });

export const leadsQuery = z.object({
  priority: z.optional(z.enum(priorities)),
  intent: z.optional(z.enum(intents)),
  source: z.optional(leadSource),
  cursor: z.optional(leadId),
  limit: z.optional(z.string().check(z.regex(/^([1-9]|[1-4]\d|50)$/))),
});

export const insightsQuery = z.object({
  cursor: z.optional(z.string().check(z.regex(/^[1-9]\d{0,8}$/))),
  limit: leadsQuery.shape.limit,
});

const tag = 'Leads';
const createLead = {
  method: 'POST',
  access: 'leads:create',
  tag,
  summary: 'Takes a lead in, to be triaged',
  headers: {
    'Idempotency-Key':
      'Required. A key of your own for this lead, of 255 characters at most: the same lead with the same key is taken once.',
  },
  body: leadRequest,
  success: {
    status: 200,
    what: 'The lead that the key has made before',
    created: 'The lead',
    schema: lead,
  },
  problems: {
    400: ['idempotency-key-missing', 'malformed-json'],
    409: ['idempotency-key-reused', 'idempotency-key-in-flight'],
    413: 'body-too-large',
    415: 'unsupported-media-type',
    422: 'invalid',
  },
} as const satisfies Partial<ApiRoute>;

export const routes = {
  createLead: { operationId: 'createLead', path: '/leads', ...createLead },
  createLeadSlash: { operationId: 'createLeadSlash', path: '/leads/', ...createLead },
  listLeads: {
    operationId: 'listLeads',
    method: 'GET',
    path: '/leads',
    access: 'leads:read',
    tag,
    summary: 'Leads with their insights, newest first; a new insight may take a second to be found',
    query: leadsQuery,
    success: {
      status: 200,
      what: 'A page of leads; next_cursor is null on the last',
      schema: z.object({
        leads: z.array(z.object({ ...lead.shape, insight: z.nullable(insight) })),
        next_cursor: z.nullable(z.string()),
      }),
    },
    problems: { 422: 'invalid' },
  },
  getLead: {
    operationId: 'getLead',
    method: 'GET',
    path: '/leads/{lead_id}',
    access: 'leads:read',
    tag,
    summary: 'One lead',
    success: { status: 200, what: 'The lead', schema: lead },
    problems: { 404: 'not-found' },
  },
  getInsight: {
    operationId: 'getInsight',
    method: 'GET',
    path: '/leads/{lead_id}/insight',
    access: 'leads:read',
    tag,
    summary: 'What is known of a lead',
    success: { status: 200, what: 'The insight', schema: insight },
    problems: { 404: ['not-found', 'insight-pending'] },
  },
  triageAgain: {
    operationId: 'triageLeadAgain',
    method: 'POST',
    path: '/leads/{lead_id}/insight',
    access: 'leads:write',
    tag,
    summary: 'Has a lead judged anew; the insights before are kept',
    body: againRequest,
    bodyIsOptional: true,
    success: {
      status: 202,
      what: 'It waits to be judged',
      schema: z.object({
        lead_id: leadId,
        request_id: z.guid(),
        adapter: z.nullable(z.enum(adapters)),
      }),
    },
    problems: {
      400: 'malformed-json',
      404: 'not-found',
      413: 'body-too-large',
      415: 'unsupported-media-type',
      422: 'invalid',
    },
  },
  listInsights: {
    operationId: 'listInsightsOfLead',
    method: 'GET',
    path: '/leads/{lead_id}/insights',
    access: 'leads:read',
    tag,
    summary: 'All insights of a lead, newest first',
    query: insightsQuery,
    success: {
      status: 200,
      what: 'A page of insights; next_cursor is null on the last',
      schema: z.object({
        insights: z.array(insight),
        next_cursor: z.nullable(z.string()),
      }),
    },
    problems: { 404: 'not-found', 422: 'invalid' },
  },
} satisfies Record<string, ApiRoute>;
