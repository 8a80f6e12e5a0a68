import { randomUUID } from 'node:crypto';
import type { Problem } from '../shared/http/problem.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import type { TriageQueue } from './messages.ts';
import { routes } from './routes.ts';
import type { LeadLists } from './stores/lead-lists.ts';
import type { LeadStore } from './stores/lead-store.ts';
import { insightView, leadView, type StoredLead } from './work/lead.ts';

export interface InsightsPorts {
  store: Pick<LeadStore, 'find'>;
  lists: LeadLists;
  queue: TriageQueue;
}

/** Tells what is known of a tenant's leads, and re-runs their classification. */
export function serveInsights(serve: Serve, { store, lists, queue }: InsightsPorts): void {
  serve(routes.listLeads, async ({ query: { cursor, limit, ...filter }, caller }) => {
    const page = await lists.leads(caller.tenant_id, filter, limit, cursor);
    const leads = page.items.map((lead) => ({ ...leadView(lead), insight: insightOf(lead) }));
    return { body: { leads, next_cursor: page.next ?? null } };
  });

  serve(routes.getLead, async ({ params, caller }) => {
    const lead = await store.find(caller.tenant_id, params.lead_id);
    return lead && { body: leadView(lead) };
  });

  serve(routes.getInsight, async ({ params, caller }) => {
    const lead = await store.find(caller.tenant_id, params.lead_id);
    if (!lead) return undefined;
    return lead.insight ? { body: insightView(lead.insight) } : pending;
  });

  serve(routes.reclassifyLead, async ({ params, body, caller: { tenant_id } }) => {
    const lead = await store.find(tenant_id, params.lead_id);
    if (!lead) return undefined;
    const request = { lead_id: lead.id, request_id: randomUUID() };
    await queue.enqueue({ kind: 'again', tenant_id, ...request, ...body });
    return {
      headers: { location: `/leads/${lead.id}/insight`, 'retry-after': '1' },
      body: { ...request, adapter: body.adapter ?? null },
    };
  });

  serve(routes.listInsights, async ({ params, query, caller }) => {
    const lead = await store.find(caller.tenant_id, params.lead_id);
    if (!lead) return undefined;
    const { limit, cursor: before = Number.POSITIVE_INFINITY } = query;
    const { insight } = lead;
    if (!insight) return { body: { insights: [], next_cursor: null } };
    const current = insight.version < before ? [insight] : [];
    const replaced = await lists.replaced(lead, Math.min(before, insight.version), limit);
    const insights = [...current, ...replaced].slice(0, limit);
    const last = insights.at(-1)?.version ?? 1;
    const next_cursor = last > 1 ? String(last) : null;
    return { body: { insights: insights.map(insightView), next_cursor } };
  });
}

const insightOf = ({ insight }: StoredLead) => (insight ? insightView(insight) : null);

const pending: Problem = {
  type: 'insight-pending',
  title: 'Not ready yet',
  status: 404,
  detail: 'The lead is there, but has not been classified yet: ask again in a second.',
  headers: { 'retry-after': '1' },
};
