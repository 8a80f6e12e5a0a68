import { v7 as uuidv7 } from 'uuid';
import { succeeded } from '../shared/http/envelope.ts';
import { keyReused } from '../shared/http/idempotency-key.ts';
import { idempotencyStore } from '../shared/store/idempotency-store.ts';
import { expiresAt, type Table } from '../shared/store/table.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import { defaultTtlSeconds, sessionRoutes } from './session-routes.ts';
import { sessionStore } from './stores/session-store.ts';

/** How long it is known which session a key has made. */
const keyRetentionDays = 1;

/** Serves the routes of sessions. */
export function serveSessions(serve: Serve, table: Table): void {
  const sessions = sessionStore(table);
  const keys = idempotencyStore<{ session_id: string }>(table, {
    keyOf: (tenantId, hash) => ({ pk: `TENANT#${tenantId}`, sk: `IDEMPOTENCY#SESSION#${hash}` }),
  });

  /** The id under which a key has its session made, each time the same; undefined for a key of another request. */
  const idFor = async (tenantId: string, key: string | undefined, request: unknown) => {
    const session_id = uuidv7({ msecs: table.clock.now() });
    if (key === undefined) return session_id;
    const claim = await keys.acquire(tenantId, {
      key,
      forms: [JSON.stringify(request)],
      wanted: { session_id },
      expires_at: expiresAt(table.clock.now(), keyRetentionDays),
      // The store finds it as it makes it.
      find: async () => undefined,
    });
    return claim.kind === 'acquired' ? claim.kept.session_id : undefined;
  };

  serve(sessionRoutes.create, async ({ headers, body, caller: { tenant_id } }) => {
    const sessionId = await idFor(tenant_id, headers['Idempotency-Key'], body);
    if (sessionId === undefined) return keyReused;
    const { context, ttl: ttlSeconds = defaultTtlSeconds } = body;
    const { created, session } = await sessions.create(tenant_id, {
      sessionId,
      context,
      ttlSeconds,
    });
    if (!session) return undefined;
    return {
      status: created ? 201 : 200,
      headers: { location: `/sessions/sessions/${sessionId}` },
      body: succeeded(session),
    };
  });

  serve(sessionRoutes.update, async ({ params, body, caller }) => {
    const change = { sessionId: params.session_id, context: body.context, ttlSeconds: body.ttl };
    const session = await sessions.update(caller.tenant_id, change);
    return session && { body: succeeded(session) };
  });

  serve(sessionRoutes.get, async ({ params, caller }) => {
    const session = await sessions.find(caller.tenant_id, params.session_id);
    return session && { body: succeeded(session) };
  });
}
