import type { Conversation, ConversationEvent, Message } from '../conversation.ts';
import type { HandlingChange } from '../ports.ts';

/** A conversation as its messages make it, up to `last_sequence`. */
export interface Folded extends Conversation {
  /** The message of the role `system` that has made the handling or the status what it is; 0 where none has. */
  decided_by: number;
}

/**
 * The conversation after its next message. What a conversation is follows from its messages alone: whoever has read
 * the same ones knows the same. A message that is part of it already changes nothing.
 */
export function afterMessage<C extends Folded>(conversation: C, message: Message): C {
  if (message.sequence <= conversation.last_sequence) return conversation;
  const { role, text, created_at, sequence } = message;
  const at = latest(conversation.last_activity_at, created_at);
  return {
    ...conversation,
    last_sequence: sequence,
    last_activity_at: at,
    updated_at: latest(conversation.updated_at, at),
    ...(role !== 'system' && { last_message: { role, text: beginningOf(text), created_at } }),
    ...(role === 'user' && { status: 'active' }),
    ...(message.event && { ...afterEvent(conversation, message), decided_by: sequence }),
  };
}

/** As much of a text as a list shows. */
const beginningOf = (text: string): string =>
  text.length <= shownChars
    ? text
    : Array.from(text.slice(0, 2 * shownChars))
        .slice(0, shownChars)
        .join('');
const shownChars = 200;

/** Times in ISO 8601 are in the order of their texts. */
const latest = (one: string, other: string): string => (one > other ? one : other);

type Decided = Pick<Conversation, 'status' | 'handling' | 'assignee'>;

function afterEvent({ status }: Conversation, { event, author }: Message): Decided | undefined {
  switch (event) {
    case 'person_requested':
      return { status: 'active', handling: 'waiting', assignee: null };
    case 'taken_over':
      return { status: 'active', handling: 'person', assignee: author.id };
    case 'handed_back':
      return { status, handling: 'automatic', assignee: null };
    case 'closed':
      return { status: 'closed', handling: 'automatic', assignee: null };
    case undefined:
      return undefined;
    default:
      throw event satisfies never;
  }
}

/** What is wanted of a conversation, and who wants it. */
export type Wish = HandlingChange | { status: 'closed'; by: string; name?: string };

/** The event by which a wish comes true; undefined where it is so already. */
export function eventFor(conversation: Conversation, wish: Wish): ConversationEvent | undefined {
  const { status, handling, assignee, last_sequence } = conversation;
  if ('status' in wish) return status === 'closed' ? undefined : 'closed';
  if (wish.ifLast !== undefined && wish.ifLast !== last_sequence) return undefined;
  switch (wish.handling) {
    case 'automatic':
      return handling === 'automatic' ? undefined : 'handed_back';
    case 'waiting':
      // Who asks for a person has one already, unless it is this person who gives the conversation away.
      return handling === 'automatic' || assignee === wish.by ? 'person_requested' : undefined;
    case 'person':
      if (assignee === wish.by) return undefined;
      return handling === 'person' && wish.ifFree ? undefined : 'taken_over';
    default:
      throw wish.handling satisfies never;
  }
}
