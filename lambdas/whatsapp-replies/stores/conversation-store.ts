import type { ConversationLog } from '../../conversations/ports.ts';
import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Conversation, ConversationStore } from '../work/ports.ts';
import { type ReplyPart, replyText, seenByThread, type Turn, userText } from '../work/turn.ts';
import type { Customer } from './customer-items.ts';
import { type ConversationsTable, keys } from './keys.ts';
import { olderTranscript } from './older-transcript.ts';
import { transcript } from './transcript.ts';
import { turnStore } from './turn-store.ts';

/** A name of a customer may lead over others to where they are kept. */
const maxNames = 3;

/** What became of a part; a status callback may have made it. */
interface PartItem {
  turn_id?: string;
  message_sid?: string;
}

/** What the reply processor keeps: its progress in a table of its own, what is said in the log of all channels. */
export function conversationStore(
  table: ConversationsTable,
  log: ConversationLog,
): ConversationStore {
  const conversations = new ItemStore<Conversation>(table, 'a conversation');
  const messages = new ItemStore<PartItem>(table, 'a message');
  const customers = new ItemStore<Customer>(table, 'a customer');
  const { recordUnsent, ...words } = transcript({
    log,
    older: olderTranscript(table),
    clock: table.clock,
  });

  /** The status callback may have made the item before; what it knows of delivery stays. */
  const recordPart = (turn: Turn, part: ReplyPart, retentionDays: number) => {
    const status = part.state === 'rejected' ? 'failed' : (part.status ?? 'queued');
    return messages.update(keys.reply(turn, part.message_key), {
      set: {
        turn_id: turn.turn_id,
        status: expr`if_not_exists(status, ${status})`,
        message_sid: part.message_sid,
        error_code: part.error_code,
      },
      retentionDays,
    });
  };

  const recordSummary = (turn: Turn, sent: ReplyPart[], retentionDays: number) => {
    const lastSid = sent.findLast((part) => part.message_sid)?.message_sid;
    return conversations.updateIf(keys.conversation(turn), {
      set: {
        ...ownerOf(turn),
        updated_at: isoTime(table.clock.now()),
        last_user_message: userText(turn),
        last_turn_id: turn.turn_id,
        ...(lastSid && { last_ai_response: replyText(turn), last_message_sid: lastSid }),
        last_item_id: turn.last_item_id,
        thread_tokens: turn.thread_tokens,
        seen_sequence: seenBy(turn),
      },
      add: { message_count: turn.inputs.length },
      retentionDays,
      // A turn that is in the summary already must not be counted twice.
      if: expr`attribute_not_exists(last_turn_id) OR last_turn_id <> ${turn.turn_id}`,
    });
  };

  return {
    ...turnStore(table),
    ...words,
    otherSids: otherSids(table),

    conversation: (key) => conversations.get(keys.conversation(key)),

    async rememberThread(turn, threadId) {
      await conversations.update(keys.conversation(turn), {
        set: { thread_id: threadId, ...ownerOf(turn) },
        remove: ['last_item_id', 'thread_tokens'],
        retentionDays: await table.retentionDays(turn.company_id),
      });
      // So that the webhook can name the thread in its queue message; the conversation's item is the truth.
      await customers.updateIf(customerKey(turn, turn.customer), {
        set: { thread_id: threadId },
        if: expr`conversation_id = ${turn.conversation_id}`,
      });
    },

    async hasOptedOut(turn) {
      // Another name of the customer leads to where their opt-out is kept.
      for (let name: string | undefined = turn.customer, steps = 0; name !== undefined; steps++) {
        const item: Customer | undefined = await customers.get(customerKey(turn, name));
        if (item?.same_as === undefined || steps === maxNames) return item?.opted_out === true;
        name = item.same_as;
      }
      return false;
    },

    async reportedSid(turn, messageKey) {
      const message = await messages.get(keys.reply(turn, messageKey));
      return message?.message_sid;
    },

    async recordReply(turn) {
      const retentionDays = await table.retentionDays(turn.company_id);
      const sent = turn.parts.filter((part) => part.state === 'sent' || part.state === 'rejected');
      await Promise.all(sent.map((part) => recordPart(turn, part, retentionDays)));
      await recordUnsent(turn);
      if (!turn.person_message) await recordSummary(turn, sent, retentionDays);
    },
  };
}

/** Where the thread does not know all, what it knew before stays. */
const seenBy = (turn: Turn): unknown =>
  seenByThread(turn) ??
  (turn.after === undefined ? undefined : expr`if_not_exists(seen_sequence, ${turn.after})`);

const customerKey = (turn: Turn, name: string) =>
  keys.customer(turn.company_id, turn.business_number, name);

const ownerOf = ({ company_id, project_id, conversation_id }: Turn) => ({
  company_id,
  project_id,
  conversation_id,
  primary_channel: 'whatsapp',
});

/** What of a turn's or a message's item names SIDs. */
type RecordedSids = { sk: string; message_sid?: string; parts?: ReplyPart[] };

/** By how much our clocks, and Twilio's, may differ. */
const clocksDifferMs = 3_600_000;

/** Reads the whole conversation, as is rarely needed: each item that names a SID has the time at which it was written. */
const otherSids =
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
