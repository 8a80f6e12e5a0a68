import { leadKeys } from '../../lambdas/leads/intake.ts';
import { leadsApp } from '../../lambdas/leads/leads-api.ts';
import { indexNames } from '../../lambdas/leads/limits.ts';
import type { AdapterName, Insight, Lead, TriageMessage } from '../../lambdas/leads/messages.ts';
import { leadLists } from '../../lambdas/leads/stores/lead-lists.ts';
import { leadStore } from '../../lambdas/leads/stores/lead-store.ts';
import { triageLead } from '../../lambdas/leads/triage-lead.ts';
import type { StoredLead } from '../../lambdas/leads/work/lead.ts';
import type { Classification } from '../../lambdas/leads/work/ports.ts';
import { contextOf } from '../../lambdas/tenancy/caller.ts';
import type { Scope } from '../../lambdas/tenancy/scopes.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { startTestTable, type TestTable } from '../support/table.ts';

export const startLeadsTable = () => startTestTable(indexNames);

/** Who asks, and how. */
export interface Asking {
  tenant?: string;
  scopes?: Scope[];
  /** By a page's public client id. */
  visitor?: boolean;
  headers?: Record<string, string>;
}

export interface Parts {
  /** What happens at the queue before it takes a message. */
  enqueue?: (message: TriageMessage) => Promise<void>;
  retentionDays?: number;
  /** Who classifies; by default somebody to whom every note is worth a call. */
  classify?: (note: string, adapter: AdapterName | undefined) => Promise<Classification>;
  publish?: (insight: Insight) => Promise<void>;
}

export const aClassification = (fields: Partial<Classification> = {}): Classification => ({
  intent: 'buy',
  priority: 'P1',
  next_action: 'call',
  confidence: 0.8,
  tags: [],
  explanation: [],
  adapter: 'rules',
  adapter_version: '1',
  fallback_reason: null,
  ...fields,
});

/** All of the context on a store: its two APIs, its queue as a list, and its worker. */
export function aWorld(table: TestTable, parts: Parts = {}) {
  const [store, lists] = [leadStore(table), leadLists(table)];
  const [log, meter] = [recordedLog(), recordedMeter()];
  const queue: TriageMessage[] = [];
  const published: Insight[] = [];
  const counted: string[] = [];
  const shared = {
    usage: { tryAcquireRequest: async () => ({ acquired: true as const }) },
    clock: table.clock,
    log,
    meter,
    store,
    queue: {
      async enqueue(message: TriageMessage) {
        await parts.enqueue?.(message);
        queue.push(message);
      },
    },
  };
  const { retentionDays = 90 } = parts;
  const api = leadsApp({
    ...shared,
    lists,
    idempotency: leadKeys(table),
    retentionDays: async () => retentionDays,
  });

  return {
    store,
    lists,
    log,
    meter,
    queue,
    published,
    counted,
    get: async (path: string, asking: Asking = {}) =>
      documented(
        'GET',
        path,
        await api.request(path, { headers: asking.headers ?? {} }, callerOf(asking)),
      ),
    reclassify: async (leadId: string, body: object | 'none' = {}, asking: Asking = {}) => {
      const path = `/leads/${leadId}/insight`;
      const sent = body !== 'none' && { body: JSON.stringify(body), headers: json };
      const init = { method: 'POST', ...sent };
      return documented('POST', path, await api.request(path, init, callerOf(asking)));
    },
    /** A body that is a text is sent as it is. */
    post: async (body: unknown, { headers, ...asking }: Asking = {}, path = '/leads') => {
      const init = { method: 'POST', body: textOf(body), headers: { ...json, ...headers } };
      return documented('POST', path, await api.request(path, init, callerOf(asking)));
    },
    triage: (message: TriageMessage) =>
      triageLead(message, {
        ...shared,
        lists,
        classifierFor: async (_tenantId, adapter) => ({
          classify: async (note) => (await parts.classify?.(note, adapter)) ?? aClassification(),
        }),
        async publish(_tenantId, insight) {
          await parts.publish?.(insight);
          published.push(insight);
        },
        countLead: async (tenantId) => void counted.push(tenantId),
      }),
  };
}
export type World = ReturnType<typeof aWorld>;

const json = { 'content-type': 'application/json' };
const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

function callerOf({ tenant = 'acme', scopes = allScopes, visitor = false }: Asking) {
  const lambda = contextOf({
    tenant_id: tenant,
    role: visitor ? 'Visitor' : 'TenantAdmin',
    scopes,
    principal: `${visitor ? 'visitor' : 'key'}:of-${tenant}`,
    valid_until: 0,
    rate_limit: { requests_per_second: 5, burst: 10 },
  });
  return { event: { requestContext: { authorizer: { lambda } } } };
}

const allScopes: Scope[] = ['leads:create', 'leads:read', 'leads:write'];

export const withKey = (key: string, more: Asking = {}): Asking => ({
  ...more,
  headers: { 'idempotency-key': key, ...more.headers },
});

/** The lead of a request that went well. */
export async function leadOf(response: Response): Promise<Lead> {
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Lead;
}

/** The heading of docs/reference/errors.md that a refusal names. */
export async function problemOf(response: Response): Promise<string> {
  const { type } = (await response.json()) as { type: string };
  return type.replace('urn:replies-engine:error:', '');
}

/** Everything that the tenant's leads are in the store, in no order. */
export async function leadsIn(table: TestTable, tenant: string): Promise<StoredLead[]> {
  const items = await table.items();
  return items.filter(({ pk }) => pk === `TENANT#${tenant}#LEADS`) as unknown as StoredLead[];
}
