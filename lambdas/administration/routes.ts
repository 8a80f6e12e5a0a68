import * as z from 'zod/mini';
import { cursorOf, pageOf, pageQuery } from '../shared/http/page.ts';
import { ifMatch, ifNoneMatch } from '../shared/http/preconditions.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { tenantId } from '../tenancy/tenant.ts';
import { limits } from './limits.ts';

const featureName = z.string().check(
  z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, {
    error: 'It takes up to 128 letters, digits, dots, hyphens and underscores.',
  }),
);

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
  /** The value before; missing if there was none. */
  before: z.optional(z.unknown()),
});

const page = z.object(pageQuery(limits.pageSize, cursorOf(/^[A-Za-z0-9._-]{1,128}$/)));

/** The first day that may be asked for: those before the year 0 would have another form. */
const firstUsageDay = '1970-01-01';
const aDay = { error: `It is a day such as 2026-11-21, from ${firstUsageDay} on.` };
const day = z.iso.date();
const askedDay = z.iso.date(aDay).check(z.refine((date) => date >= firstUsageDay, aDay));

const counters = {
  requests: z.int(),
  replies: z.int(),
  emails: z.int(),
  leads: z.int(),
  /** How often a model was asked about its leads; the operator limits these calls. */
  lead_model_calls: z.int(),
};

const usage = z.object({
  tenant_id: tenantId,
  from: day,
  to: day,
  total: z.object(counters),
  days: z.array(z.object({ date: day, ...counters })),
});

const featurePath = '/tenant-configuration/{feature_name}';

const params = z.object({ feature_name: featureName });

const tag = 'Tenant configuration';

export const routes = {
  setConfiguration: {
    operationId: 'setConfiguration',
    method: 'POST',
    path: featurePath,
    access: 'configuration:write',
    tag,
    summary: 'Sets a feature',
    params,
    headers: z.object({
      'If-Match': ifMatch,
      'If-None-Match': ifNoneMatch('`*`: only if the feature is not set yet.'),
    }),
    body: z.strictObject({ feature_value: z.unknown() }),
    maxBodyBytes: limits.featureBytes,
    success: {
      status: 200,
      what: 'The feature as it is set now',
      created: 'The feature as it is set now, where it was not set before',
      /** The note says that the product itself does not read the feature. */
      schema: z.object({ ...configured.shape, note: z.optional(z.string()) }),
    },
    problems: { 412: 'precondition-failed' },
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
      schema: pageOf({ configurations: z.array(configured) }),
    },
  },
  getConfiguration: {
    operationId: 'getConfiguration',
    method: 'GET',
    path: featurePath,
    access: 'configuration:read',
    tag,
    summary: 'One feature, with its ETag',
    params,
    success: { status: 200, what: 'The feature', schema: configured },
    problems: { 404: 'not-found' },
  },
  deleteConfiguration: {
    operationId: 'deleteConfiguration',
    method: 'DELETE',
    path: featurePath,
    access: 'configuration:write',
    tag,
    summary: 'Takes a feature back to its default',
    params,
    headers: z.object({ 'If-Match': ifMatch }),
    success: { status: 204, what: 'It is not set any more' },
    problems: { 404: 'not-found', 412: 'precondition-failed' },
  },
  listChanges: {
    operationId: 'listConfigurationChanges',
    method: 'GET',
    path: `${featurePath}/changes`,
    access: 'configuration:read',
    tag,
    summary: 'Who changed a feature, when, and what it was before; newest first',
    params,
    query: page,
    success: {
      status: 200,
      what: 'A page of changes; next_cursor is null on the last',
      schema: pageOf({ changes: z.array(change) }),
    },
    problems: { 404: 'not-found' },
  },
  usage: {
    operationId: 'getUsage',
    method: 'GET',
    path: '/usage',
    access: 'usage:read',
    tag: 'Usage',
    summary:
      'Requests, replies, emails, leads and their calls of a model by day (UTC), the last 30 days by default',
    query: z.object({ from: z.optional(askedDay), to: z.optional(askedDay) }),
    success: { status: 200, what: 'The counters; days without any are left out', schema: usage },
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
