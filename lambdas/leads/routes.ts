import * as z from 'zod/mini';
import { idempotencyKey } from '../shared/http/idempotency-key.ts';
import { cursorOf, pageOf, pageQuery } from '../shared/http/page.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { leadRequest, leadSource } from './lead-request.ts';
import { limits } from './limits.ts';
import { adapters, insight, lead, leadId } from './messages.ts';
import { intents, priorities } from './work/insight.ts';

const askedId = leadId.check(z.toLowerCase());

/** The version of the insight before. */
const insightCursor = z.pipe(cursorOf(/^[1-9]\d{0,8}$/), z.transform(Number));

const ofLead = {
  params: z.object({ lead_id: askedId }),
  missing: 'There is no such lead.',
} as const;

const tag = 'Leads';

const createLead = {
  method: 'POST',
  access: 'leads:create',
  tag,
  summary: 'Takes a lead in, to be triaged',
  headers: z.object({
    'Idempotency-Key': idempotencyKey(
      'Required. A key of your own for this lead, of 255 characters at most: the same lead with the same key is taken once.',
    ),
  }),
  missingKey:
    'Send a header "Idempotency-Key" with a key of your own for this lead, such as a UUID: then the lead is taken once, however often you send it.',
  body: leadRequest,
  maxBodyBytes: limits.leadBodyBytes,
  replaceHalfPairs: true,
  success: {
    status: 200,
    what: 'The lead that the key has made before',
    created: 'The lead',
    schema: lead,
  },
  problems: { 409: ['idempotency-key-reused', 'idempotency-key-in-flight'] },
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
    query: z.object({
      priority: z.optional(z.enum(priorities)),
      intent: z.optional(z.enum(intents)),
      source: z.optional(leadSource),
      ...pageQuery(limits.pageSize, askedId),
    }),
    success: {
      status: 200,
      what: 'A page of leads; next_cursor is null on the last',
      schema: pageOf({ leads: z.array(z.object({ ...lead.shape, insight: z.nullable(insight) })) }),
    },
  },
  getLead: {
    operationId: 'getLead',
    method: 'GET',
    path: '/leads/{lead_id}',
    access: 'leads:read',
    tag,
    summary: 'One lead',
    ...ofLead,
    success: { status: 200, what: 'The lead', schema: lead },
  },
  getInsight: {
    operationId: 'getInsight',
    method: 'GET',
    path: '/leads/{lead_id}/insight',
    access: 'leads:read',
    tag,
    summary: 'What is known of a lead',
    ...ofLead,
    success: { status: 200, what: 'The insight', schema: insight },
    problems: { 404: 'insight-pending' },
  },
  reclassifyLead: {
    operationId: 'triageLeadAgain',
    method: 'POST',
    path: '/leads/{lead_id}/insight',
    access: 'leads:write',
    tag,
    summary: 'Has a lead classified again; the insights before are kept',
    ...ofLead,
    body: z.strictObject({ adapter: z.optional(z.enum(adapters)) }),
    bodyIsOptional: true,
    maxBodyBytes: limits.leadBodyBytes,
    success: {
      status: 202,
      what: 'It waits to be classified',
      schema: z.object({
        lead_id: leadId,
        request_id: z.guid(),
        adapter: z.nullable(z.enum(adapters)),
      }),
    },
  },
  listInsights: {
    operationId: 'listInsightsOfLead',
    method: 'GET',
    path: '/leads/{lead_id}/insights',
    access: 'leads:read',
    tag,
    summary: 'All insights of a lead, newest first',
    ...ofLead,
    query: z.object(pageQuery(limits.pageSize, insightCursor)),
    success: {
      status: 200,
      what: 'A page of insights; next_cursor is null on the last',
      schema: pageOf({ insights: z.array(insight) }),
    },
  },
} satisfies Record<string, ApiRoute>;
