import type { Message } from '../../lambdas/conversations/conversation.ts';
import type { ConversationLog } from '../../lambdas/conversations/ports.ts';
import type { Clock } from '../../lambdas/shared/clock.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';
import type { MessageStatus } from '../../lambdas/whatsapp-replies/messages.ts';
import { transcript } from '../../lambdas/whatsapp-replies/stores/transcript.ts';
import {
  type Conversation,
  type ConversationStore,
  turnTaken,
} from '../../lambdas/whatsapp-replies/work/ports.ts';
import {
  replyText,
  seenByThread,
  type Turn,
  type TurnKey,
  userText,
} from '../../lambdas/whatsapp-replies/work/turn.ts';
import { memoryConversationLog } from './conversation-log.ts';

type ConversationKey = Pick<TurnKey, 'company_id' | 'conversation_id'>;
type Progress = Turn | { covered_by: string };

/** A message of the conversation, and what became of it on its way. */
export interface StoredMessage {
  role?: Message['role'];
  content?: string;
  message_sid?: string;
  status?: MessageStatus | 'received';
  error_code?: number;
  turn_id?: string;
}

export interface StoredConversation extends Conversation {
  last_user_message?: string;
  last_ai_response?: string;
  last_message_sid?: string;
  message_count?: number;
}

export interface MemoryStore extends ConversationStore {
  /** What is said in all conversations. */
  log: ConversationLog;
  /** Puts a turn there as an earlier invocation would have left it. */
  put(turn: Turn): Turn;
  turn(turnId: string): Turn | undefined;
  summary(): StoredConversation | undefined;
  /** The messages of the conversation in their order. */
  transcript(): StoredMessage[];
  optOut(customer: string): void;
  optIn(customer: string): void;
  /** What a status callback does for a part that Twilio has taken. */
  report(messageKey: string, messageSid: string): void;
}

const defaultOwner = { company_id: 'acme', conversation_id: 'conv-1' };

/** By how much our clocks, and Twilio's, may differ. */
const clocksDifferMs = 3_600_000;

const partition = (key: ConversationKey) => `${key.company_id}#${key.conversation_id}`;

const seen = (turn: Turn, before: Conversation | undefined) => {
  const sequence = seenByThread(turn) ?? before?.seen_sequence ?? turn.after;
  return sequence === undefined ? {} : { seen_sequence: sequence };
};

const nothingOlder = {
  messages: async () => [],
  history: async () => [],
  messageBySid: async () => undefined,
};

/** The conversations table in memory: the same keys, conditions and version conflicts. */
export function memoryStore(clock: Pick<Clock, 'now'>): MemoryStore {
  const progress = new Map<string, Progress>();
  /** What became of parts, by their keys. */
  const sent = new Map<string, StoredMessage>();
  const said: Message[] = [];
  /** When the status callbacks of messages came. */
  const reported = new Map<string, number>();
  const conversations = new Map<string, StoredConversation>();
  const optedOut = new Set<string>();

  const turnAt = (key: TurnKey) => `${partition(key)}#${key.turn_id}`;
  const sentAt = (key: ConversationKey, messageKey: string) => `${partition(key)}#${messageKey}`;
  const log = memoryConversationLog(clock, {
    listener: {
      opened: async () => {},
      undelivered: async () => {},
      async written(_, messages) {
        const isNew = (one: Message) =>
          said.every(({ message_id }) => message_id !== one.message_id);
        said.push(...messages.filter(isNew));
      },
    },
  });
  const { recordUnsent, ...words } = transcript({ log, older: nothingOlder, clock });
  const turnIdOf = (messageSid: string): string =>
    [...progress.values()]
      .filter((found): found is Turn => !('covered_by' in found))
      .find(({ inputs }) => inputs.some(({ message_sid }) => message_sid === messageSid))
      ?.turn_id ?? '';
  const change = (key: ConversationKey, fields: Partial<StoredConversation>) => {
    const { company_id, conversation_id } = key;
    const before = conversations.get(partition(key)) ?? { company_id, conversation_id };
    conversations.set(partition(key), { ...before, ...fields });
  };
  const read = (key: TurnKey) => structuredClone(progress.get(turnAt(key)));
  const write = (turn: Turn) => progress.set(turnAt(turn), structuredClone(turn));

  return {
    async turnOf(key) {
      const found = read(key);
      if (!found || !('covered_by' in found)) return found;
      const owner = read({ ...key, turn_id: found.covered_by });
      if (!owner || 'covered_by' in owner) return undefined;
      return owner.inputs.some((input) => input.message_sid === key.turn_id) ? owner : undefined;
    },

    async createTurn(turn) {
      const found = read(turn);
      if (found && !('covered_by' in found)) return false;
      write(turn);
      return true;
    },

    async saveTurn(turn) {
      const found = read(turn);
      if (!found || 'covered_by' in found || found.version !== turn.version) {
        throw retryLater(turnTaken, `Turn ${turn.turn_id} was written by another invocation.`);
      }
      const updated_at = new Date(clock.now()).toISOString();
      const saved = { ...turn, version: turn.version + 1, updated_at };
      write(saved);
      return saved;
    },

    async mergeInto(turn, messageSid) {
      if (messageSid === turn.turn_id) return turn.turn_id;
      const key = { ...turn, turn_id: messageSid };
      const found = read(key);
      if (!found) progress.set(turnAt(key), { covered_by: turn.turn_id });
      if (found && !('covered_by' in found)) return messageSid;
      return found?.covered_by ?? turn.turn_id;
    },

    ...words,
    log,

    conversation: async (key) => structuredClone(conversations.get(partition(key))),

    async rememberThread(turn, threadId) {
      const {
        last_item_id: _item,
        thread_tokens: _tokens,
        ...kept
      } = conversations.get(partition(turn)) ?? {};
      conversations.delete(partition(turn));
      change(turn, { ...kept, thread_id: threadId });
    },

    async messageBySid(key, messageSid) {
      const [at] = [...sent].find(([, part]) => part.message_sid === messageSid) ?? [];
      return words.messageBySid(key, at?.slice(partition(key).length + 1) ?? messageSid);
    },

    hasOptedOut: async (turn) => optedOut.has(turn.customer),

    async otherSids(turn, messageKey, sinceMs) {
      const isNew = (at: string, writtenMs: number) =>
        at.startsWith(`${partition(turn)}#`) && writtenMs >= sinceMs - clocksDifferMs;
      const turns = [...progress].flatMap(([at, found]) =>
        !('covered_by' in found) && isNew(at, Date.parse(found.updated_at)) ? found.parts : [],
      );
      const reports = [...reported].flatMap(([at, ms]) =>
        isNew(at, ms) && at !== sentAt(turn, messageKey) ? (sent.get(at) ?? []) : [],
      );
      return new Set([...turns, ...reports].flatMap(({ message_sid }) => message_sid ?? []));
    },

    reportedSid: async (turn, messageKey) => sent.get(sentAt(turn, messageKey))?.message_sid,

    async recordReply(turn) {
      const done = turn.parts.filter(({ state }) => state === 'sent' || state === 'rejected');
      for (const part of done) {
        const before = sent.get(sentAt(turn, part.message_key));
        sent.set(sentAt(turn, part.message_key), {
          ...before,
          turn_id: turn.turn_id,
          status:
            before?.status ?? (part.state === 'rejected' ? 'failed' : part.status) ?? 'queued',
          ...(part.message_sid && { message_sid: part.message_sid }),
          ...(part.error_code && { error_code: part.error_code }),
        });
      }
      await recordUnsent(turn);
      if (turn.person_message) return;
      const before = conversations.get(partition(turn));
      if (before?.last_turn_id === turn.turn_id) return;
      const lastSid = done.findLast(({ message_sid }) => message_sid)?.message_sid;
      change(turn, {
        last_turn_id: turn.turn_id,
        last_user_message: userText(turn),
        message_count: (before?.message_count ?? 0) + turn.inputs.length,
        ...(lastSid && { last_ai_response: replyText(turn), last_message_sid: lastSid }),
        ...(turn.last_item_id && { last_item_id: turn.last_item_id }),
        ...(turn.thread_tokens && { thread_tokens: turn.thread_tokens }),
        ...seen(turn, before),
      });
    },

    put(turn) {
      write(turn);
      return turn;
    },

    turn(turnId) {
      const found = read({ ...defaultOwner, turn_id: turnId });
      return found && !('covered_by' in found) ? found : undefined;
    },

    summary: () => structuredClone(conversations.get(partition(defaultOwner))),
    transcript: () =>
      said.map(({ role, text, message_id }) => ({
        role,
        content: text,
        ...(role === 'user'
          ? { message_sid: message_id, status: 'received' as const, turn_id: turnIdOf(message_id) }
          : sent.get(sentAt(defaultOwner, message_id))),
      })),
    optOut: (customer) => void optedOut.add(customer),
    optIn: (customer) => void optedOut.delete(customer),

    report(messageKey, messageSid) {
      const at = sentAt(defaultOwner, messageKey);
      const before = sent.get(at);
      if (before?.message_sid && before.message_sid !== messageSid) return;
      reported.set(at, clock.now());
      sent.set(at, { ...before, message_sid: messageSid, status: 'sent' });
    },
  };
}
