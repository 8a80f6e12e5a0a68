import { randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { invalid, jsonBody, queryFaults } from '../shared/http/json-body.ts';
import { problemResponse } from '../shared/http/problem.ts';
import { type ApiDependencies, protectedApp } from '../tenancy/protected-app.ts';
import { limits } from './limits.ts';
import { leadId, type TriageQueue } from './messages.ts';
import { againRequest, insightsQuery, leadsQuery, routes } from './routes.ts';
import type { LeadLists } from './stores/lead-lists.ts';
import type { LeadStore } from './stores/lead-store.ts';
import { insightView, leadView, type StoredLead } from './work/lead.ts';

export interface InsightsPorts extends ApiDependencies {
  store: Pick<LeadStore, 'find'>;
  lists: LeadLists;
  queue: TriageQueue;
}

/** Tells what is known of a tenant's leads, and has them judged anew. */
export function insightsApp({ store, lists, queue, ...gate }: InsightsPorts): Hono {
  const { app, serve } = protectedApp(gate);

  const leadOf = async (c: Context, tenantId: string): Promise<StoredLead | undefined> => {
    const id = leadId.safeParse(c.req.param('lead_id')?.toLowerCase());
    return id.success ? store.find(tenantId, id.data) : undefined;
  };

  serve(routes.listLeads, async (c, { tenant_id }) => {
    const query = leadsQuery.safeParse(c.req.query());
    if (!query.success) return invalid(c, queryFaults(c.req.query(), query.error.issues));
    const { cursor, limit, ...filter } = query.data;
    const page = await lists.leads(tenant_id, filter, limitOf(limit), cursor?.toLowerCase());
    const leads = page.items.map((lead) => ({ ...leadView(lead), insight: insightOf(lead) }));
    return c.json({ leads, next_cursor: page.next ?? null });
  });

  serve(routes.getLead, async (c, { tenant_id }) => {
    const lead = await leadOf(c, tenant_id);
    return lead ? c.json(leadView(lead)) : noSuchLead(c);
  });

  serve(routes.getInsight, async (c, { tenant_id }) => {
    const lead = await leadOf(c, tenant_id);
    if (!lead) return noSuchLead(c);
    return lead.insight ? c.json(insightView(lead.insight)) : pending(c);
  });

  serve(routes.triageAgain, async (c, { tenant_id }) => {
    const body = await jsonBody(c, againRequest, limits.leadBodyBytes, routes.triageAgain);
    if ('problem' in body) return body.problem;
    const lead = await leadOf(c, tenant_id);
    if (!lead) return noSuchLead(c);
    const request = { lead_id: lead.id, request_id: randomUUID() };
    await queue.enqueue({ kind: 'again', tenant_id, ...request, ...body.value });
    c.header('location', `/leads/${lead.id}/insight`);
    c.header('retry-after', '1');
    return c.json({ ...request, adapter: body.value.adapter ?? null }, 202);
  });

  serve(routes.listInsights, async (c, { tenant_id }) => {
    const query = insightsQuery.safeParse(c.req.query());
    if (!query.success) return invalid(c, queryFaults(c.req.query(), query.error.issues));
    const lead = await leadOf(c, tenant_id);
    if (!lead) return noSuchLead(c);
    const limit = limitOf(query.data.limit);
    const before = Number(query.data.cursor ?? Number.POSITIVE_INFINITY);
    const { insight } = lead;
    if (!insight) return c.json({ insights: [], next_cursor: null });
    const current = insight.version < before ? [insight] : [];
    const replaced = await lists.replaced(lead, Math.min(before, insight.version), limit);
    const insights = [...current, ...replaced].slice(0, limit);
    const last = insights.at(-1)?.version ?? 1;
    return c.json({
      insights: insights.map(insightView),
      next_cursor: last > 1 ? String(last) : null,
    });
  });

  return app;
}

const limitOf = (given: string | undefined): number => Number(given ?? limits.pageSize);

const insightOf = ({ insight }: StoredLead) => (insight ? insightView(insight) : null);

const noSuchLead = (c: Context): Response =>
  problemResponse(c, {
    type: 'not-found',
    title: 'Not found',
    status: 404,
    detail: 'There is no such lead.',
  });

function pending(c: Context): Response {
  c.header('retry-after', '1');
  return problemResponse(c, {
    type: 'insight-pending',
    title: 'Not yet',
    status: 404,
    detail: 'The lead is there, but has not been judged yet: ask again in a second.',
  });
}
