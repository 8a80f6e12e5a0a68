import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { ConversationStore } from '../work/ports.ts';
import type { ReplyPart } from '../work/turn.ts';
import { keys } from './keys.ts';
import type { ConversationsTable } from './table.ts';

/** What of a turn's or a message's item names SIDs. */
type RecordedSids = { sk: string; message_sid?: string; parts?: ReplyPart[] };

/** By how much our clocks, and Twilio's, may differ. */
const clocksDifferMs = 3_600_000;

/** Reads the whole conversation, as is rarely needed: each item that names a SID has the time at which it was written. */
export const otherSids =
  (table: ConversationsTable): ConversationStore['otherSids'] =>
  async (turn, messageKey, sinceMs) => {
    const { pk, sk: own } = keys.reply(turn, messageKey);
    const since = isoTime(sinceMs - clocksDifferMs);
    const items = new ItemStore<RecordedSids>(table, 'the recorded messages');
    const recorded = await items.all(
      { pk },
      {
        consistent: true,
        filter: expr`updated_at >= ${since} OR status_updated_at >= ${since}`,
        only: ['sk', 'message_sid', 'parts'],
      },
    );
    const sids = recorded
      .filter(({ sk }) => sk !== own)
      .flatMap(({ message_sid, parts = [] }) => [
        message_sid,
        ...parts.map((part) => part.message_sid),
      ]);
    return new Set(sids.filter((sid) => sid !== undefined));
  };
