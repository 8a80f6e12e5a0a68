import type {
  Conversation,
  ConversationKey,
  Handling,
  Message,
} from '../../conversations/conversation.ts';
import type { AppendOptions, ConversationLog, NewMessage } from '../../conversations/ports.ts';
import { type Clock, isoTime } from '../../shared/clock.ts';
import { EngineError } from '../../shared/errors.ts';
import { hashOf } from '../../shared/store/idempotency-store.ts';
import { messageOf } from '../work/delivery.ts';
import type { ConversationStore, PastMessage } from '../work/ports.ts';
import { inputText, type ReplyPart, type Turn, type TurnKey } from '../work/turn.ts';
import type { OlderTranscript } from './older-transcript.ts';

type Methods =
  | 'opened'
  | 'recordInputs'
  | 'handling'
  | 'requestPerson'
  | 'appendPart'
  | 'missesMessages'
  | 'history'
  | 'messageBySid';

/** How many messages behind the last one that a thread knows are looked through. */
const lookedThrough = 100;

export interface TranscriptParts {
  log: ConversationLog;
  older: OlderTranscript;
  clock: Pick<Clock, 'now'>;
}

/** The words of conversations: in the log of all channels, to which a conversation of the version before is taken over. */
export function transcript({ log, older, clock }: TranscriptParts): Pick<
  ConversationStore,
  Methods
> & {
  recordUnsent(turn: Turn): Promise<void>;
} {
  /** Opens the conversation, with what the version before has kept of it. */
  const begin = async (turn: Turn): Promise<void> => {
    const before = await older.messages(turn, authorsOf(turn));
    await log.open({
      ...keyOf(turn),
      channel: 'whatsapp',
      participant_id: participantOf(turn),
      participant_name: turn.customer_name ?? null,
      external_id: turn.customer,
      metadata: {
        customer: turn.customer,
        business_number: turn.business_number,
        project_id: turn.project_id,
        ...(before.length > 0 && { taken_over: before.length }),
      },
    });
    if (before.length > 0) await log.append(keyOf(turn), before, { after: 0, imported: true });
  };

  /** The conversation may have expired since the turn began. */
  const append = async (turn: Turn, messages: NewMessage[], more: Partial<AppendOptions> = {}) => {
    const write = () => log.append(keyOf(turn), messages, { after: turn.after ?? 0, ...more });
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'conversation_missing') throw error;
      await begin(turn);
      return write();
    }
  };

  const recordFailure = (turn: Turn, messageId: string, part: ReplyPart | undefined) => {
    const { error_code } = part ?? {};
    const failed = { status: 'failed', ...(error_code !== undefined && { error_code }) } as const;
    return log.recordDelivery(keyOf(turn), messageId, failed);
  };

  const find = (key: TurnKey) => log.find(keyOf(key));

  return {
    async opened(key) {
      const conversation = await find(key);
      const isWhole = conversation && conversation.last_sequence >= takenOver(conversation);
      return { conversation, after: isWhole ? conversation.last_sequence : 0 };
    },

    async recordInputs(turn) {
      if (!turn.after) await begin(turn);
      const appended = await append(turn, turn.inputs.map(inputMessage(turn)));
      if (appended.kind === 'withheld') return { turn, handling: appended.handling };
      const sequences = appended.messages.map(({ sequence }) => sequence);
      const { handling } = appended.conversation;
      return { turn: { ...turn, after: Math.min(...sequences) - 1 }, handling };
    },

    async handling(turn): Promise<Handling> {
      return (await find(turn))?.handling ?? 'automatic';
    },

    async requestPerson(turn) {
      await log.setHandling(keyOf(turn), {
        handling: 'waiting',
        by: authorsOf(turn).customer.id,
      });
    },

    async appendPart(turn, part) {
      const { person_message: written, outcome } = turn;
      if (written) {
        const isFirst = turn.parts[0]?.message_key === part.message_key;
        if (isFirst) await append(turn, [personMessage(written, clock.now())]);
        return {};
      }
      const isHandover = outcome === 'handover';
      const options = isHandover ? {} : ({ automatic: true } as const);
      const message = partMessage(turn, part, clock.now());
      const appended = await append(turn, [message], options);
      if (appended.kind === 'withheld') return undefined;
      const { handling } = appended.conversation;
      const isAllowed = handling === 'automatic' || (isHandover && handling === 'waiting');
      const sequence = appended.messages[0]?.sequence;
      return isAllowed ? { ...(sequence !== undefined && { sequence }) } : undefined;
    },

    async missesMessages({ after, ...turn }, seen) {
      if (seen === undefined || after === undefined || seen >= after) return false;
      const behind = await log.messages(keyOf(turn), { after: seen, limit: lookedThrough });
      const before = behind.filter(({ sequence }) => sequence <= after);
      return before.length === lookedThrough || before.some(isOfPerson);
    },

    async history(turn, limit) {
      const own = idsOf(turn);
      const newest = await log.latest(keyOf(turn), limit + own.size);
      if (newest.length === 0) return older.history(turn, limit);
      return newest
        .filter(({ message_id, role, text }) => !own.has(message_id) && role !== 'system' && text)
        .slice(-limit)
        .map(pastMessage);
    },

    async messageBySid(key, messageSid) {
      const found = await log.messageById(keyOf(key), messageSid);
      if (found) return pastMessage(found);
      const sent = await older.messageBySid(key, messageSid);
      if (sent === undefined || 'content' in sent) return sent;
      const { message_id } = messageOf(sent.messageKey);
      const ours = await log.messageById(keyOf(key), message_id);
      return ours && pastMessage(ours);
    },

    /** What was appended and not sent after all, or refused, has failed. */
    async recordUnsent(turn) {
      const { person_message: written, parts } = turn;
      const unsent = parts.filter(({ state }) => state !== 'sent');
      if (written) {
        if (unsent.length === 0 && parts.length > 0) return;
        // Who took it in may not have written it yet.
        await append(turn, [personMessage(written, clock.now())]);
        await recordFailure(turn, written.message_id, unsent[0]);
        return;
      }
      const sent = parts.filter(({ state }) => state === 'sent');
      // The version before has sent them without announcing them.
      if (turn.after === undefined && sent.length > 0) {
        await append(
          turn,
          sent.map((part) => partMessage(turn, part, clock.now())),
        );
      }
      if (unsent.length === 0) return;
      const there = await log.messages(keyOf(turn), { after: turn.after ?? 0, limit: 1_000 });
      const ids = new Set(there.map(({ message_id }) => message_id));
      for (const part of unsent.filter(({ message_key }) => ids.has(message_key))) {
        await recordFailure(turn, part.message_key, part);
      }
    },
  };
}

const keyOf = ({
  company_id,
  conversation_id,
}: Pick<TurnKey, 'company_id' | 'conversation_id'>): ConversationKey => ({
  tenant_id: company_id,
  conversation_id,
});

/** How many messages of the version before it begins with. */
const takenOver = ({ metadata }: Conversation): number => Number(metadata['taken_over'] ?? 0);

/** The same customer's in all of the company's conversations, and nobody's number. */
const participantOf = ({ company_id, customer }: Turn): string =>
  `wa_${hashOf(`${company_id}#${customer}`).slice(0, 32)}`;

const authorsOf = (turn: Turn) => ({
  customer: {
    id: `customer:${participantOf(turn)}`,
    ...(turn.customer_name !== undefined && { name: turn.customer_name }),
  },
  agent: { id: turn.outcome === 'handover' ? 'agent:handover' : 'agent:default' },
});

const inputMessage =
  (turn: Turn) =>
  (input: Turn['inputs'][number]): NewMessage => ({
    message_id: input.message_sid,
    role: 'user',
    text: inputText(input),
    author: authorsOf(turn).customer,
    created_at: input.received_at,
  });

const queued = (now: number) => ({ status: 'queued', updated_at: isoTime(now) }) as const;

const partMessage = (turn: Turn, part: ReplyPart, now: number): NewMessage => ({
  message_id: part.message_key,
  role: 'assistant',
  text: part.body,
  author: authorsOf(turn).agent,
  turn_id: turn.turn_id,
  delivery: queued(now),
});

const personMessage = (written: NonNullable<Turn['person_message']>, now: number): NewMessage => ({
  ...written,
  role: 'person',
  delivery: queued(now),
});

/** Whatever of a conversation an agent's thread does not know. */
const isOfPerson = ({ role, event }: Message): boolean =>
  role === 'person' || (event !== undefined && event !== 'closed');

const idsOf = ({ inputs, parts }: Turn): Set<string> =>
  new Set([
    ...inputs.map(({ message_sid }) => message_sid),
    ...parts.map(({ message_key }) => message_key),
  ]);

/** For the model, what a person of the company has said is its own. */
const pastMessage = ({ role, text }: Message): PastMessage => ({
  role: role === 'user' ? 'user' : 'assistant',
  content: text,
});
