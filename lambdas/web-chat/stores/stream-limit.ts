import type { ConversationKey } from '../../conversations/conversation.ts';
import { conversationPartition } from '../../conversations/conversation.ts';
import { gcraLimiter } from '../../shared/limits/gcra.ts';
import type { Table } from '../../shared/store/table.ts';
import { limits } from '../limits.ts';
import type { Allowed } from '../work/ports.ts';

const rate = { perSecond: limits.streamsPerMinute / 60, burst: limits.streamsAtOnce };

/** How often the connections of one conversation may be opened. */
export function streamLimit(table: Table): (key: ConversationKey) => Promise<Allowed> {
  const tryAcquire = gcraLimiter(table);
  return async (key) => {
    const place = {
      key: { pk: conversationPartition(key), sk: 'STREAM_LIMIT' },
      attribute: 'spent_until',
      counter: 'streams',
      retentionDays: 1,
    };
    const result = await tryAcquire(place, rate);
    return result.acquired
      ? { allowed: true }
      : { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(result.waitMs / 1_000)) };
  };
}
