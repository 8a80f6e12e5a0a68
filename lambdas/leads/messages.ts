import * as z from 'zod/mini';
import { tenantId } from '../tenancy/tenant.ts';
import { intents, nextActions, priorities } from './work/insight.ts';

export const leadId = z.guid();

const nullableText = z.nullable(z.string());

/** A lead as its tenant sees it; also one that was stored under the bounds of a version before. */
export const lead = z.object({
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

export const insight = z.object({
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
  /** Who classified, and by which rules or model. */
  adapter: z.enum(adapters),
  adapter_version: z.string(),
  /** Why the rules classified although the model was to; null where they were not to be replaced. */
  fallback_reason: z.nullable(z.string()),
  /** The words of the note that spoke for the classification, or against another. */
  explanation: z.array(
    z.object({ phrase: z.string(), speaks_for: z.string(), weight: z.number() }),
  ),
});

/** What is known of a lead once it is triaged. */
export type Insight = z.output<typeof insight>;

/** What waits in the queue of leads: a lead to be triaged, or one to be classified again. */
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

/** The queue of leads that wait to be classified. */
export interface TriageQueue {
  /** Throws `retry` where the queue does not take it. */
  enqueue(message: TriageMessage): Promise<void>;
}
