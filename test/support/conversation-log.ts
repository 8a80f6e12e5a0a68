import {
  type Conversation,
  type ConversationKey,
  conversationPartition,
  conversationSchema,
  type Message,
  messageSchema,
} from '../../lambdas/conversations/conversation.ts';
import type { ConversationLog, NewMessage } from '../../lambdas/conversations/ports.ts';
import type { LogListener } from '../../lambdas/conversations/stores/conversation-log.ts';
import { deliveryRanks } from '../../lambdas/conversations/stores/message-slots.ts';
import {
  afterMessage,
  eventFor,
  type Folded,
  type Wish,
} from '../../lambdas/conversations/work/after-message.ts';
import { type Clock, isoTime } from '../../lambdas/shared/clock.ts';
import { EngineError } from '../../lambdas/shared/errors.ts';
import { days } from './clock.ts';

interface Kept {
  conversation: Folded;
  messages: { message: Message; until: number }[];
  until: number;
}

/** The table of conversations in memory, where nothing fails and each call is done at once. */
export function memoryConversationLog(
  clock: Pick<Clock, 'now'>,
  { retentionDays = 90, listener }: { retentionDays?: number; listener?: LogListener } = {},
): ConversationLog {
  const all = new Map<string, Kept>();
  let events = 0;
  const now = () => isoTime(clock.now());
  const until = () => clock.now() + days(retentionDays);

  const keptOf = (key: ConversationKey): Kept | undefined => {
    const kept = all.get(conversationPartition(key));
    return kept && kept.until > clock.now() ? kept : undefined;
  };
  const readable = (key: ConversationKey): Message[] =>
    (all.get(conversationPartition(key))?.messages ?? [])
      .filter((slot) => slot.until > clock.now())
      .map(({ message }) => message);
  const shown = ({ conversation }: Kept): Conversation =>
    structuredClone(conversationSchema.parse(conversation));

  const write = (kept: Kept, given: NewMessage): Message => {
    const { conversation_id, last_sequence: last } = kept.conversation;
    const place = { conversation_id, sequence: last + 1 };
    const message = messageSchema.parse({ created_at: now(), ...given, ...place });
    kept.messages.push({ message, until: until() });
    kept.conversation = afterMessage(kept.conversation, message);
    kept.until = Math.max(kept.until, until());
    return message;
  };

  const fulfil = async (key: ConversationKey, wish: Wish) => {
    const kept = keptOf(key);
    if (!kept) return undefined;
    const event = eventFor(kept.conversation, wish);
    const author = { id: wish.by, ...(wish.name !== undefined && { name: wish.name }) };
    if (event) {
      write(kept, { message_id: `event:${++events}`, role: 'system', text: '', event, author });
    }
    const decision = readable(key).find(
      ({ sequence }) => sequence === kept.conversation.decided_by,
    );
    if (decision) await listener?.written(shown(kept), [decision]);
    return shown(kept);
  };

  const log: ConversationLog = {
    async find(key) {
      const kept = keptOf(key);
      return kept && shown(kept);
    },

    async open({ channel_id, ...given }) {
      const there = keptOf(given);
      if (there) {
        if (there.conversation.last_sequence === 0) await listener?.opened(shown(there));
        return { conversation: shown(there), created: false };
      }
      const at = now();
      const conversation = conversationSchema.parse({
        participant_name: null,
        external_id: null,
        conversation_spec_id: null,
        flow_instance_id: null,
        metadata: {},
        ...given,
        channel_id: channel_id ?? given.conversation_id,
        status: 'active',
        handling: 'automatic',
        assignee: null,
        last_sequence: 0,
        last_message: null,
        last_activity_at: at,
        created_at: at,
        updated_at: at,
      });
      const kept = {
        conversation: { ...conversation, decided_by: 0 },
        messages: [],
        until: until(),
      };
      all.set(conversationPartition(given), kept);
      await listener?.opened(shown(kept));
      return { conversation: shown(kept), created: true };
    },

    async append(key, messages, { after, automatic, imported }) {
      const kept = keptOf(key);
      if (!kept) {
        throw new EngineError('discard', 'conversation_missing', 'There is no such conversation.');
      }
      const written: Message[] = [];
      for (const message of messages) {
        const there = readable(key).find(
          ({ message_id, sequence }) => message_id === message.message_id && sequence > after,
        );
        const { handling } = kept.conversation;
        if (!there && automatic && handling !== 'automatic') return { kind: 'withheld', handling };
        written.push(structuredClone(there ?? write(kept, message)));
      }
      if (!imported) await listener?.written(shown(kept), written);
      return { kind: 'appended', messages: written, conversation: shown(kept) };
    },

    messages: async (key, { after, limit }) =>
      structuredClone(
        readable(key)
          .filter(({ sequence }) => sequence > after)
          .slice(0, limit),
      ),

    latest: async (key, limit) => structuredClone(readable(key).slice(-limit)),

    messageById: async (key, id) =>
      structuredClone(readable(key).find(({ message_id }) => message_id === id)),

    async recordDelivery(key, id, delivery) {
      const message = readable(key).find(({ message_id }) => message_id === id);
      if (!message) return false;
      const before = message.delivery ? deliveryRanks[message.delivery.status] : 0;
      if (before < deliveryRanks[delivery.status]) {
        message.delivery = { ...delivery, updated_at: now() };
      }
      const hasFailed = delivery.status === 'failed' && message.delivery?.status === 'failed';
      const kept = keptOf(key);
      if (hasFailed && kept) await listener?.undelivered(shown(kept), structuredClone(message));
      return true;
    },

    setHandling: fulfil,

    close: (key, by) => fulfil(key, { status: 'closed', by }),
  };
  return log;
}
