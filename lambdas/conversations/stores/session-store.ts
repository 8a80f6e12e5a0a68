import { randomUUID } from 'node:crypto';
import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import type { Session } from '../work/session.ts';

/** The context is a JSON text, which keeps numbers and depths that DynamoDB does not. */
interface SessionItem {
  context: string;
  created_at: string;
  updated_at: string;
  /** In seconds since the epoch: the attribute by which the table deletes it. */
  expires_at: number;
}

interface SessionChange {
  sessionId: string;
  context: Record<string, unknown>;
  ttlSeconds?: number | undefined;
}

/** The sessions of every tenant; one that has ended counts as missing. */
export function sessionStore(table: Table) {
  const items = new ItemStore<SessionItem>(table, 'a session');
  const keyOf = (tenantId: string, sessionId: string) => ({
    pk: `TENANT#${tenantId}#SESSION#${sessionId}`,
    sk: 'SESSION',
  });
  const seconds = () => Math.floor(table.clock.now() / 1000);

  return {
    /** Makes the session where there is none; whether it did, and the session that there is. */
    async create(
      tenantId: string,
      { sessionId, context, ttlSeconds = 0 }: SessionChange,
    ): Promise<{ created: boolean; session: Session | undefined }> {
      const now = isoTime(table.clock.now());
      const item = {
        context: JSON.stringify(context),
        created_at: now,
        updated_at: now,
        expires_at: seconds() + ttlSeconds,
        // Tells a request whose answer was lost that the session is its own.
        receipt: randomUUID(),
      };
      const key = keyOf(tenantId, sessionId);
      const result = await items.create(key, item, { mine: ['receipt'] });
      const session = result.item && sessionOf(sessionId, result.item);
      return { created: result.written, session };
    },

    async find(tenantId: string, sessionId: string): Promise<Session | undefined> {
      const item = await items.get(keyOf(tenantId, sessionId));
      return item && sessionOf(sessionId, item);
    },

    async update(
      tenantId: string,
      { sessionId, context, ttlSeconds }: SessionChange,
    ): Promise<Session | undefined> {
      const result = await items.updateIf(keyOf(tenantId, sessionId), {
        set: {
          context: JSON.stringify(context),
          updated_at: isoTime(table.clock.now()),
          ...(ttlSeconds !== undefined && { expires_at: seconds() + ttlSeconds }),
        },
        if: expr`expires_at > ${seconds()}`,
      });
      return result.written ? sessionOf(sessionId, result.item) : undefined;
    },
  };
}

const sessionOf = (
  session_id: string,
  { context, created_at, updated_at, expires_at }: SessionItem,
): Session => ({
  session_id,
  context: JSON.parse(context),
  created_at,
  updated_at,
  expires_at: isoTime(expires_at * 1000),
});
