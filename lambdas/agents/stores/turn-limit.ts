import type { ConversationKey } from '../../conversations/conversation.ts';
import { gcraLimiter } from '../../shared/limits/gcra.ts';
import type { Table } from '../../shared/store/table.ts';
import { limits } from '../limits.ts';
import { keys } from './keys.ts';

const ofConversation = { perSecond: limits.turnsPerMinute / 60, burst: limits.turnsAtOnce };
const ofCompany = { perSecond: limits.companyTurnsPerSecond, burst: limits.companyTurnsAtOnce };

/**
 * Takes a turn from the limits of its company and its conversation; in how many milliseconds there is one, 0 where it
 * got one. The company's comes first: while that is used up, no conversation uses up its own by waiting.
 */
export function turnLimit(table: Table): (key: ConversationKey) => Promise<number> {
  const tryAcquire = gcraLimiter(table);
  const place = { attribute: 'spent_until', counter: 'turns', retentionDays: 1 };
  return async (key) => {
    const all = await tryAcquire({ ...place, key: keys.companyLimit(key.tenant_id) }, ofCompany);
    if (!all.acquired) return Math.max(1_000, all.waitMs);
    const own = await tryAcquire({ ...place, key: keys.turnLimit(key) }, ofConversation);
    return own.acquired ? 0 : Math.max(1_000, own.waitMs);
  };
}
