import type { Intent, Priority } from '../work/insight.ts';

/** The items of the leads table, by its keys `pk` and `sk`. Every key names its tenant first. */
export const keys = {
  /** Ids begin with the time, so that a tenant's leads are sorted by it. */
  lead: (tenantId: string, leadId: string) => ({
    pk: leadsOf(tenantId),
    sk: leadPrefix + leadId,
  }),
  /** An insight that a later one has replaced. */
  replaced: (tenantId: string, leadId: string, version: number) => ({
    pk: `TENANT#${tenantId}#LEAD#${leadId}`,
    sk: replacedPrefix + String(version).padStart(9, '0'),
  }),
  claim: (tenantId: string, keyHash: string) => ({
    pk: `TENANT#${tenantId}`,
    sk: `IDEMPOTENCY#${keyHash}`,
  }),
};

export const leadsOf = (tenantId: string): string => `TENANT#${tenantId}#LEADS`;
export const leadPrefix = 'LEAD#';
export const replacedPrefix = 'INSIGHT#';

/** The values by which leads are found in the indexes of the same names. */
export const indexed = {
  by_priority: (tenantId: string, priority: Priority) => `${leadsOf(tenantId)}#${priority}`,
  by_intent: (tenantId: string, intent: Intent) => `${leadsOf(tenantId)}#${intent}`,
  by_source: (tenantId: string, source: string) => `${leadsOf(tenantId)}#${source}`,
};
