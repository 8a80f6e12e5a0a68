import { v7 as uuidv7 } from 'uuid';
import { type Clock, isoTime } from '../shared/clock.ts';
import { keyInFlight, keyReused } from '../shared/http/idempotency-key.ts';
import { type IdempotencyStore, idempotencyStore } from '../shared/store/idempotency-store.ts';
import { expiresAt, type Table } from '../shared/store/table.ts';
import { type Caller, rateClassOf } from '../tenancy/caller.ts';
import type { RouteHandler, Serve } from '../tenancy/protected-app.ts';
import type { LeadRequest } from './lead-request.ts';
import { limits } from './limits.ts';
import type { TriageQueue } from './messages.ts';
import { routes } from './routes.ts';
import { keys } from './stores/keys.ts';
import type { LeadStore } from './stores/lead-store.ts';
import { leadView, type StoredLead } from './work/lead.ts';
import { phoneNumber } from './work/phone-number.ts';

/** What is decided with a lead's key: the lead's id, when it was first sent, and when it ends, in seconds since the epoch. */
interface Claimed {
  lead_id: string;
  created_at: string;
  lead_expires_at: number;
}

export interface IntakePorts {
  store: Pick<LeadStore, 'find' | 'store'>;
  idempotency: IdempotencyStore<Claimed>;
  queue: TriageQueue;
  retentionDays(tenantId: string): Promise<number>;
  clock: Pick<Clock, 'now'>;
}

/**
 * Takes leads in, each once for its idempotency key. The message that has it triaged is sent before it is
 * stored, and holds all of it: a lead that is stored is triaged, whatever dies in between.
 */
export function serveIntake(serve: Serve, ports: IntakePorts): void {
  const { store, idempotency, queue, retentionDays, clock } = ports;

  const make = async (tenant_id: string, claimed: Claimed, request: LeadRequest) => {
    const { lead_id: id, created_at, lead_expires_at: expires_at } = claimed;
    const lead: StoredLead = { id, ...request, created_at, tenant_id, expires_at };
    await queue.enqueue({ kind: 'triage', tenant_id, lead: leadView(lead), expires_at });
    await store.store(lead);
    return lead;
  };

  const create: RouteHandler<typeof routes.createLead> = async ({
    headers,
    body,
    text,
    caller,
  }) => {
    const { tenant_id } = caller;
    const request = { ...body, phone: body.phone && phoneNumber(body.phone) };
    const now = clock.now();
    const lead_expires_at = expiresAt(now, await retentionDays(tenant_id));
    const claim = await idempotency.acquire(tenant_id, {
      key: apart(headers['Idempotency-Key'], caller),
      // The schema puts the fields in its own order, whatever theirs was.
      forms: [JSON.stringify(request), asOnceClaimed(text)],
      wanted: { lead_id: uuidv7({ msecs: now }), created_at: isoTime(now), lead_expires_at },
      expires_at: Math.min(expiresAt(now, limits.idempotencyDays), lead_expires_at),
      find: ({ lead_id }) => store.find(tenant_id, lead_id),
    });
    switch (claim.kind) {
      case 'reused':
        return keyReused;
      case 'inProgress':
        return keyInFlight;
      case 'completed':
        return answered(claim.made, 200);
      case 'acquired':
        try {
          return answered(await make(tenant_id, claim.kept, request), 201);
        } catch (error) {
          // The next request with this key need not wait until this one has surely ended.
          await claim.release().catch(() => undefined);
          throw error;
        }
    }
  };

  serve(routes.createLead, create);
  serve(routes.createLeadSlash, create);
}

/** The idempotency keys of leads, kept for two days, but no longer than their leads. */
export const leadKeys = (table: Table): IdempotencyStore<Claimed> =>
  idempotencyStore(table, { keyOf: keys.claim, exclusiveSeconds: limits.inFlightSeconds });

/** The request as the versions claimed it that kept every field as it was written. */
function asOnceClaimed(body: string): string {
  const given = JSON.parse(body) as Partial<LeadRequest>;
  const { email = null, phone = null, name = null, note, source = null } = given;
  return JSON.stringify({ email, phone, name, note, source });
}

/** A stranger cannot take a key that the company's own programs will use; no key as it is sent has a line end. */
const apart = (key: string, caller: Caller): string =>
  rateClassOf(caller) === 'visitors' ? `visitors\n${key}` : key;

const answered = (lead: StoredLead, status: 200 | 201) => ({
  status,
  headers: { location: `/leads/${lead.id}` },
  body: leadView(lead),
});
