import * as z from 'zod/mini';
import { enveloped } from '../shared/http/envelope.ts';
import { idempotencyKey } from '../shared/http/idempotency-key.ts';
import { isLongerWritten } from '../shared/http/json-body.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { scopes, tag } from './scopes.ts';
import { sessionSchema } from './work/session.ts';

/** The longest context as it is kept, in bytes of JSON. */
const maxContextBytes = 32_768;

const secondsPerDay = 86_400;
export const defaultTtlSeconds = secondsPerDay;

const context = z.record(z.string(), z.unknown()).check(
  z.refine((value) => !isLongerWritten(value, maxContextBytes), {
    error: `It has more than ${maxContextBytes} bytes.`,
  }),
);

const ttl = z
  .int()
  .check(
    z.gte(60),
    z.lte(30 * secondsPerDay),
    z.describe('Seconds until the session ends, 60 to 2592000 (30 days).'),
  );

const ofSession = {
  path: '/sessions/sessions/{session_id}',
  params: z.object({ session_id: z.guid().check(z.toLowerCase()) }),
  missing: 'There is no such session, or it has ended.',
} as const;

const shared = { tag, envelope: true } as const;
const writing = { ...shared, access: scopes.write, maxBodyBytes: maxContextBytes + 1_024 } as const;
const body = z.strictObject({ context, ttl: z.optional(ttl) });

export const sessionRoutes = {
  create: {
    ...writing,
    operationId: 'createSession',
    method: 'POST',
    path: '/sessions/sessions',
    summary: 'Begins a session, which ends after its ttl, by default after a day',
    headers: z.object({
      'Idempotency-Key': z.optional(
        idempotencyKey('A key of your own: the same request with the same key is made once.'),
      ),
    }),
    body,
    missing: 'The session that was made with this Idempotency-Key has ended.',
    success: {
      status: 200,
      what: 'The session that was made with the key before',
      created: 'The session',
      schema: enveloped(sessionSchema),
    },
    problems: { 409: 'idempotency-key-reused' },
  },
  update: {
    ...writing,
    ...ofSession,
    operationId: 'updateSession',
    method: 'PUT',
    summary: 'Replaces the context of a session; with a ttl, it ends so much later from now on',
    body,
    success: { status: 200, what: 'The session as it is now', schema: enveloped(sessionSchema) },
  },
  get: {
    ...shared,
    ...ofSession,
    operationId: 'getSession',
    method: 'GET',
    access: scopes.read,
    summary: 'A session',
    success: { status: 200, what: 'The session', schema: enveloped(sessionSchema) },
  },
} as const satisfies Record<string, ApiRoute>;
