import type { Context, Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { isoTime } from '../shared/clock.ts';
import { keyReused, maxKeyChars } from '../shared/http/idempotency-key.ts';
import { invalid, jsonBody } from '../shared/http/json-body.ts';
import { problemResponse } from '../shared/http/problem.ts';
import { expiresAt } from '../shared/store/table.ts';
import { type Caller, rateClassOf } from '../tenancy/caller.ts';
import { type ApiDependencies, protectedApp } from '../tenancy/protected-app.ts';
import { type LeadRequest, leadRequest } from './lead-request.ts';
import { limits } from './limits.ts';
import type { TriageQueue } from './messages.ts';
import { routes } from './routes.ts';
import type { Claim, Claimed, Claims } from './stores/claims.ts';
import type { LeadStore } from './stores/lead-store.ts';
import { leadView, type StoredLead } from './work/lead.ts';
import { phoneNumber } from './work/phone-number.ts';

export interface IntakePorts extends ApiDependencies {
  store: Pick<LeadStore, 'find' | 'store'>;
  claims: Claims;
  queue: TriageQueue;
  retentionDays(tenantId: string): Promise<number>;
}

/**
 * Takes leads in, each once for its idempotency key. The message that has it triaged is sent before it is
 * stored, and holds all of it: a lead that is stored is triaged, whatever dies in between.
 */
export function intakeApp({ store, claims, queue, retentionDays, ...gate }: IntakePorts): Hono {
  const { app, serve } = protectedApp(gate);

  const make = async (tenant_id: string, key: string, claimed: Claimed, request: LeadRequest) => {
    const { lead_id: id, created_at, lead_expires_at: expires_at } = claimed;
    const lead: StoredLead = { id, ...request, created_at, tenant_id, expires_at };
    try {
      await queue.enqueue({ kind: 'triage', tenant_id, lead: leadView(lead), expires_at });
      await store.store(lead);
    } catch (error) {
      // The next request with this key need not wait until this one has surely ended.
      await claims.release(tenant_id, key).catch(() => false);
      throw error;
    }
    return lead;
  };

  /** The lead that another request with the key has made, or will. */
  const madeBefore = async (
    c: Context,
    at: { tenant_id: string; key: string },
    claim: Extract<Claim, { kind: 'theirs' }>,
    request: LeadRequest,
  ): Promise<Response> => {
    const { tenant_id, key } = at;
    const lead = await store.find(tenant_id, claim.lead_id);
    if (lead) return answered(c, lead, 200);
    const isOver = claim.until <= gate.clock.now();
    if (!isOver || !(await claims.takeOver(tenant_id, key, claim.until))) return inFlight(c);
    return answered(c, await make(tenant_id, key, claim, request), 201);
  };

  const create = async (c: Context, caller: Caller): Promise<Response> => {
    const { tenant_id } = caller;
    const given = c.req.header('idempotency-key')?.trim() ?? '';
    if (given === '') return keyMissing(c);
    if (given.length > maxKeyChars) return keyTooLong(c);
    const key = apart(given, caller);
    const body = await jsonBody(c, leadRequest, limits.leadBodyBytes, { replaceHalfPairs: true });
    if ('problem' in body) return body.problem;
    const { phone } = body.value;
    const request = { ...body.value, phone: phone && phoneNumber(phone) };
    const now = gate.clock.now();
    const wanted = {
      lead_id: uuidv7({ msecs: now }),
      created_at: isoTime(now),
      lead_expires_at: expiresAt(now, await retentionDays(tenant_id)),
    };
    // The schema puts the fields in its own order, whatever theirs was.
    const same = [JSON.stringify(request), asOnceClaimed(body.text)] as const;
    const claim = await claims.claim(tenant_id, key, same, wanted);
    if (claim.kind === 'reused') return keyReused(c);
    if (claim.kind === 'theirs') return madeBefore(c, { tenant_id, key }, claim, request);
    return answered(c, await make(tenant_id, key, claim, request), 201);
  };

  serve(routes.createLead, create);
  serve(routes.createLeadSlash, create);
  return app;
}

/** The request as the versions claimed it that kept every field as it was written. */
function asOnceClaimed(body: string): string {
  const given = JSON.parse(body) as Partial<LeadRequest>;
  const { email = null, phone = null, name = null, note, source = null } = given;
  return JSON.stringify({ email, phone, name, note, source });
}

/** A stranger cannot take a key that the company's own programs will use; no key as it is sent has a line end. */
const apart = (key: string, caller: Caller): string =>
  rateClassOf(caller) === 'visitors' ? `visitors\n${key}` : key;

function answered(c: Context, lead: StoredLead, status: 200 | 201): Response {
  c.header('location', `/leads/${lead.id}`);
  return c.json(leadView(lead), status);
}

const keyMissing = (c: Context): Response =>
  problemResponse(c, {
    type: 'idempotency-key-missing',
    title: 'The Idempotency-Key is missing',
    status: 400,
    detail:
      'Send a header "Idempotency-Key" with a key of your own for this lead, such as a UUID: then the lead is taken once, however often you send it.',
  });

const keyTooLong = (c: Context): Response =>
  invalid(c, [
    { pointer: 'Idempotency-Key', detail: `It must have at most ${maxKeyChars} characters.` },
  ]);

function inFlight(c: Context): Response {
  c.header('retry-after', '1');
  return problemResponse(c, {
    type: 'idempotency-key-in-flight',
    title: 'The same request is being handled',
    status: 409,
    detail:
      'Another request with this Idempotency-Key has not ended yet: send it again in a second.',
  });
}
