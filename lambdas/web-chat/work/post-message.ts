import type { ComingMessage, Turn } from '../../agents/ports.ts';
import type { Conversation, ConversationKey, Message } from '../../conversations/conversation.ts';
import { isoTime } from '../../shared/clock.ts';
import type { WebChatFeature } from '../features.ts';
import type { MessageRequest } from '../messages.ts';
import type { MessageClaim, WebChatPorts } from './ports.ts';

export interface Posted {
  kind: 'posted';
  message: Message;
  conversation: Conversation;
  /** It was written before: its request is repeated. */
  isRepeated: boolean;
  /** What answers it; undefined where a person does, or where another turn runs. */
  turn: Turn | undefined;
}

/** Why a message is not written. */
export type NotPosted =
  | { kind: 'reused' }
  | { kind: 'no_such_file' }
  | { kind: 'limited'; retryAfterSeconds: number };

type Chat = Pick<WebChatFeature, 'limits'>;

/**
 * Writes a customer's message once for its key, and has it answered. Killed anywhere and called again with the same key,
 * it goes on: the message and its turn are each there once. Without a key it is a new message each time.
 */
export async function postMessage(
  conversation: Conversation,
  request: MessageRequest,
  { key, chat }: { key: string | undefined; chat: Chat },
  ports: WebChatPorts,
): Promise<Posted | NotPosted> {
  const files = await ports.files.references(conversation, request.file_ids);
  if (!files) return { kind: 'no_such_file' };
  const claimed = await claim(conversation, request, key, ports);
  if (claimed.kind === 'reused') return claimed;
  const { message_id, after, created_at } = claimed.claim;
  const isWritten = !claimed.isNew && (await isThere(conversation, { message_id, after }, ports));
  const { messages_per_minute: perMinute, messages_per_day: perDay } = chat.limits;
  const may = isWritten
    ? ({ allowed: true } as const)
    : await ports.limits.message(conversation, { perMinute, perDay });
  if (!may.allowed) return { kind: 'limited', ...may };
  const isExpected =
    !isWritten && (await expected(conversation, request.message, { message_id, after }, ports));
  const appended = await ports.conversations.append(
    conversation,
    [
      {
        message_id,
        role: 'user',
        text: request.message,
        files,
        author: authorOf(conversation),
        created_at,
        ...(key !== undefined && { client_id: key }),
      },
    ],
    { after },
  );
  const [message] = 'messages' in appended ? appended.messages : [];
  if (appended.kind === 'withheld' || !message) throw new Error('A customer’s message is written.');
  const now = await handedOver(appended.conversation, message, ports);
  const isAnswered = now.handling === 'automatic';
  const turn = isAnswered
    ? await ports.turns.begin(now, message.sequence, isExpected ? 'queued' : undefined)
    : undefined;
  return { kind: 'posted', message, conversation: now, isRepeated: isWritten, turn };
}

/**
 * Lets the queue of turns know of a message before it is written, unless a person has the conversation: so it is answered
 * though its request dies and is never sent again. One that asks for a person is left to this request at first: the
 * queue finds that the conversation waits, or has it answered where nobody could be asked.
 */
async function expected(
  before: Conversation,
  text: string,
  message: ComingMessage,
  { handover, turns }: WebChatPorts,
): Promise<boolean> {
  const conversation = await handover.returned(before);
  if (conversation.handling !== 'automatic') return false;
  const asksForPerson = await handover.isAskedFor(conversation, text);
  await turns.expect(conversation, message, asksForPerson ? 'caller' : 'worker');
  return true;
}

/** Of how many messages one is known again; behind more it is written once all the same, but counted by the limits. */
const lookedThrough = 100;

/** A message is behind what there was when it was first tried: what is older is not looked through. */
async function isThere(
  conversation: Conversation,
  { message_id, after }: ComingMessage,
  { conversations }: WebChatPorts,
): Promise<boolean> {
  const behind = await conversations.messages(conversation, { after, limit: lookedThrough });
  return behind.some((one) => one.message_id === message_id);
}

async function claim(
  conversation: Conversation,
  { message, file_ids }: MessageRequest,
  key: string | undefined,
  { claims, clock, newId }: WebChatPorts,
) {
  const wanted: MessageClaim = {
    message_id: `msg_${newId()}`,
    after: conversation.last_sequence,
    created_at: isoTime(clock.now()),
  };
  if (key === undefined) return { kind: 'claimed', claim: wanted, isNew: true } as const;
  return claims.message(keyOf(conversation), {
    key,
    form: JSON.stringify([message, file_ids]),
    wanted,
  });
}

/**
 * Only the newest message asks: repeated later, it would undo that the conversation was handed back. While the customer
 * waits, to ask again does again what was not done yet.
 */
async function handedOver(
  conversation: Conversation,
  { sequence, text }: Message,
  { handover }: WebChatPorts,
): Promise<Conversation> {
  const { handling, last_sequence } = conversation;
  const mayAsk = handling === 'waiting' || (handling === 'automatic' && last_sequence === sequence);
  if (!mayAsk || !(await handover.isAskedFor(conversation, text))) return conversation;
  return (await handover.request(conversation, authorOf(conversation).id)) ?? conversation;
}

const authorOf = ({ participant_id, participant_name }: Conversation) => ({
  id: `visitor:${participant_id}`,
  ...(participant_name && { name: participant_name }),
});

const keyOf = ({ tenant_id, conversation_id }: Conversation): ConversationKey => ({
  tenant_id,
  conversation_id,
});
