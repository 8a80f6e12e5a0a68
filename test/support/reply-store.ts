import type { Clock } from '../../lambdas/shared/clock.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';
import type { MessageStatus } from '../../lambdas/whatsapp-replies/messages.ts';
import {
  type Conversation,
  type ConversationStore,
  turnTaken,
} from '../../lambdas/whatsapp-replies/work/ports.ts';
import {
  inputText,
  replyText,
  type Turn,
  type TurnKey,
  userText,
} from '../../lambdas/whatsapp-replies/work/turn.ts';

type ConversationKey = Pick<TurnKey, 'company_id' | 'conversation_id'>;
type Progress = Turn | { covered_by: string };

/** A message as the transcript keeps it. */
export interface StoredMessage {
  role?: 'user' | 'assistant';
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
  /** Puts a turn there as an earlier invocation would have left it. */
  put(turn: Turn): Turn;
  turn(turnId: string): Turn | undefined;
  summary(): StoredConversation | undefined;
  /** The messages of the conversation in the order of their keys. */
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

/** The conversations table in memory: the same keys, conditions and version conflicts. */
export function memoryStore(clock: Pick<Clock, 'now'>): MemoryStore {
  const progress = new Map<string, Progress>();
  const messages = new Map<string, StoredMessage>();
  /** When the status callbacks of messages came. */
  const reported = new Map<string, number>();
  const conversations = new Map<string, StoredConversation>();
  const optedOut = new Set<string>();

  const turnAt = (key: TurnKey) => `${partition(key)}#${key.turn_id}`;
  const messageAt = (key: ConversationKey, messageKey: string) => `${partition(key)}#${messageKey}`;
  const messagesOf = (key: ConversationKey) =>
    [...messages]
      .filter(([at]) => at.startsWith(`${partition(key)}#`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, message]) => message);
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

    async recordInputs(turn) {
      for (const input of turn.inputs) {
        messages.set(messageAt(turn, `${input.received_at}#${input.message_sid}`), {
          role: 'user',
          content: inputText(input),
          message_sid: input.message_sid,
          status: 'received',
          turn_id: turn.turn_id,
        });
      }
    },

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
      const found = messagesOf(key).find((message) => message.message_sid === messageSid);
      return found?.content !== undefined && found.role
        ? { role: found.role, content: found.content }
        : undefined;
    },

    async history(turn, limit) {
      const read = limit + turn.inputs.length + turn.parts.length;
      return messagesOf(turn)
        .slice(-read)
        .filter((message) => message.turn_id !== turn.turn_id && message.content)
        .slice(-limit)
        .map(({ role = 'user', content = '' }) => ({ role, content }));
    },

    hasOptedOut: async (turn) => optedOut.has(turn.customer),

    async otherSids(turn, messageKey, sinceMs) {
      const isNew = (at: string, writtenMs: number) =>
        at.startsWith(`${partition(turn)}#`) && writtenMs >= sinceMs - clocksDifferMs;
      const turns = [...progress].flatMap(([at, found]) =>
        !('covered_by' in found) && isNew(at, Date.parse(found.updated_at)) ? found.parts : [],
      );
      const reports = [...reported].flatMap(([at, ms]) =>
        isNew(at, ms) && at !== messageAt(turn, messageKey) ? (messages.get(at) ?? []) : [],
      );
      return new Set([...turns, ...reports].flatMap(({ message_sid }) => message_sid ?? []));
    },

    reportedSid: async (turn, messageKey) => messages.get(messageAt(turn, messageKey))?.message_sid,

    async recordReply(turn) {
      const done = turn.parts.filter(({ state }) => state === 'sent' || state === 'rejected');
      for (const part of done) {
        const before = messages.get(messageAt(turn, part.message_key));
        messages.set(messageAt(turn, part.message_key), {
          ...before,
          role: 'assistant',
          content: part.body,
          turn_id: turn.turn_id,
          status:
            before?.status ?? (part.state === 'rejected' ? 'failed' : part.status) ?? 'queued',
          ...(part.message_sid && { message_sid: part.message_sid }),
          ...(part.error_code && { error_code: part.error_code }),
        });
      }
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
    transcript: () => messagesOf(defaultOwner).map((message) => ({ ...message })),
    optOut: (customer) => void optedOut.add(customer),
    optIn: (customer) => void optedOut.delete(customer),

    report(messageKey, messageSid) {
      const at = messageAt(defaultOwner, messageKey);
      const before = messages.get(at);
      if (before?.message_sid && before.message_sid !== messageSid) return;
      reported.set(at, clock.now());
      messages.set(at, { ...before, message_sid: messageSid, status: 'sent' });
    },
  };
}
