import * as z from 'zod/mini';
import type { ApiRoute } from '../tenancy/route.ts';
import { leadRequest, leadSource } from './lead-request.ts';
import { adapters, insight, lead, leadId } from './messages.ts';
import { intents, priorities } from './work/insight.ts';

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
