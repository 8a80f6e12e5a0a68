import { randomUUID } from 'node:crypto';
import type { ProductEvent } from '../events/messages.ts';
import type { Clock } from '../shared/clock.ts';
import { isoTime } from '../shared/clock.ts';
import { retryLater } from '../shared/errors.ts';
import type { Log, Meter } from '../shared/log.ts';
import type { AdapterName, Insight, TriageMessage } from './messages.ts';
import type { LeadLists } from './stores/lead-lists.ts';
import type { LeadStore } from './stores/lead-store.ts';
import { insightView, type StoredInsight, type StoredLead } from './work/lead.ts';
import type { Classifier } from './work/ports.ts';

export interface TriagePorts {
  store: LeadStore;
  lists: Pick<LeadLists, 'replaced'>;
  classifierFor(tenantId: string, adapter: AdapterName | undefined): Promise<Classifier>;
  /** Publishes the insight; may do so twice, with the same id. */
  publish(tenantId: string, insight: Insight): Promise<void>;
  countLead(tenantId: string): Promise<void>;
  clock: Pick<Clock, 'now'>;
  log: Log;
  meter: Meter;
}

/**
 * Classifies the lead of a message, so that it has one insight however often the message comes. The lead is
 * stored if its intake died before, the insight is one conditional write, and it is published after that.
 */
export async function triageLead(message: TriageMessage, ports: TriagePorts): Promise<void> {
  const lead = await leadOf(message, ports);
  if (!lead) {
    ports.log.warn('The lead to classify no longer exists.');
    return;
  }
  const insight =
    (await answered(message, lead, ports)) ?? (await classified(message, lead, ports));
  await publishOnce(lead, insight, ports);
}

/** Publishes each insight at least once, the earlier first. */
async function publishOnce(
  lead: StoredLead,
  insight: StoredInsight,
  ports: TriagePorts,
): Promise<void> {
  if ((lead.announced_version ?? 0) >= insight.version) return;
  await ports.publish(lead.tenant_id, insightView(insight));
  await ports.store.setPublished(lead, insight.version);
}

/** The event of an insight; the same however often it is made. */
export const insightCreated = (tenant_id: string, insight: Insight): ProductEvent => ({
  id: `evt_${insight.id}`,
  type: 'insight.created',
  tenant_id,
  occurred_at: insight.created_at,
  data: insight,
});

async function leadOf(
  message: TriageMessage,
  { store }: TriagePorts,
): Promise<StoredLead | undefined> {
  if (message.kind === 'again') return store.find(message.tenant_id, message.lead_id);
  const { lead, tenant_id, expires_at } = message;
  const known = await store.find(tenant_id, lead.id);
  if (known) return known;
  await store.store({ ...lead, tenant_id, expires_at });
  return store.find(tenant_id, lead.id);
}

/** The insight that this message has already led to. */
async function answered(
  message: TriageMessage,
  lead: StoredLead,
  { lists }: TriagePorts,
): Promise<StoredInsight | undefined> {
  const { insight } = lead;
  if (!insight || message.kind === 'triage') return insight;
  if (insight.request_id === message.request_id) return insight;
  const before = await lists.replaced(lead, insight.version, maxReplaced);
  return before.some(({ request_id }) => request_id === message.request_id) ? insight : undefined;
}

/** A message comes back soon; fewer later requests than this are answered by then. */
const maxReplaced = 50;
const maxTries = 5;

async function classified(
  message: TriageMessage,
  lead: StoredLead,
  ports: TriagePorts,
): Promise<StoredInsight> {
  const { clock, store, meter } = ports;
  const adapter = message.kind === 'again' ? message.adapter : undefined;
  const classifier = await ports.classifierFor(lead.tenant_id, adapter);
  const classification = await classifier.classify(lead.note);
  let current = lead;
  for (let tries = 0; tries < maxTries; tries++) {
    // The process that made the insight before may have died before it was published.
    if (current.insight) await publishOnce(current, current.insight, ports);
    const insight: StoredInsight = {
      id: randomUUID(),
      lead_id: lead.id,
      ...classification,
      version: (current.insight?.version ?? 0) + 1,
      created_at: isoTime(clock.now()),
      ...(message.kind === 'again' && { request_id: message.request_id }),
    };
    const { written, item: found } = await store.setInsight(current, insight);
    if (written) {
      meter.count('InsightCreated');
      if (insight.version === 1) {
        const ageMs = Math.max(0, clock.now() - Date.parse(lead.created_at));
        meter.seconds('TriageDelay', ageMs / 1000);
        await ports.countLead(lead.tenant_id);
      }
      return insight;
    }
    // Another write was faster: the same message delivered twice, or another request.
    if (!found?.insight) throw retryLater('lead_gone', 'The lead expired while it was classified.');
    const known = await answered(message, found, ports);
    if (known) return known;
    current = found;
  }
  throw retryLater('lead_contended', 'Too many requests classify the lead at the same time.');
}
