import { randomUUID } from 'node:crypto';
import type { TurnEvent } from '../../lambdas/agents/ports.ts';
import type {
  ConversationEvent,
  FileReference,
  Handling,
  Message,
} from '../../lambdas/conversations/conversation.ts';

export interface MockTurn {
  turn_id: string;
  events: TurnEvent[];
  stopped: boolean;
  /** Called with each new event. */
  readers: Set<() => void>;
}

export interface MockConversation {
  conversation_id: string;
  token: string;
  /** Whose it is, where the company has named him. */
  subject?: string;
  status: 'active' | 'closed';
  handling: Handling;
  messages: Message[];
  turn?: MockTurn;
  files: Map<string, FileReference & { bytes?: Buffer; complete: boolean }>;
  feedback: object[];
  /** The pages that its messages were written on. */
  pages: string[];
}

export const newConversation = (): MockConversation => ({
  conversation_id: randomUUID(),
  token: `re_vis_${randomUUID()}`,
  status: 'active',
  handling: 'automatic',
  messages: [],
  files: new Map(),
  feedback: [],
  pages: [],
});

type Draft = Pick<Message, 'role' | 'text'> & Partial<Message>;

/** Appends once by `message_id`. */
export function append(conversation: MockConversation, draft: Draft): Message {
  const { messages, conversation_id } = conversation;
  const there = messages.find(({ message_id }) => message_id === draft.message_id);
  if (there) return there;
  const message: Message = {
    conversation_id,
    sequence: messages.length + 1,
    message_id: randomUUID(),
    files: [],
    author: { id: draft.role },
    created_at: new Date().toISOString(),
    ...draft,
  };
  messages.push(message);
  return message;
}

const eventOf: Record<Handling, ConversationEvent> = {
  automatic: 'handed_back',
  waiting: 'person_requested',
  person: 'taken_over',
};

export function setHandling(
  conversation: MockConversation,
  handling: Handling,
  name?: string,
): void {
  if (conversation.handling === handling) return;
  conversation.handling = handling;
  append(conversation, {
    role: 'system',
    text: '',
    event: eventOf[handling],
    author: { id: 'key:demo', ...(name && { name }) },
  });
}

type WithoutPlace<T> = T extends unknown ? Omit<T, 'sequence' | 'turn_id'> : never;

function emit(turn: MockTurn, event: WithoutPlace<TurnEvent>): void {
  turn.events.push({
    ...event,
    sequence: turn.events.length + 1,
    turn_id: turn.turn_id,
  } as TurnEvent);
  for (const reader of turn.readers) reader();
}

export const isOver = ({ events }: MockTurn): boolean =>
  ['complete', 'error'].includes(events.at(-1)?.event ?? '');

/** Writes an answer piece by piece, as a turn does: it goes on whether somebody reads or not. */
export async function runTurn(
  conversation: MockConversation,
  pieces: string[],
  pieceMs: number,
): Promise<void> {
  const through = conversation.messages.length;
  const turn: MockTurn = {
    turn_id: randomUUID(),
    events: [],
    stopped: false,
    readers: new Set(),
  };
  conversation.turn = turn;
  const pause = () => new Promise((done) => setTimeout(done, pieceMs));
  await pause();
  emit(turn, { event: 'thinking', value: '' });
  let text = '';
  for (const piece of pieces) {
    await pause();
    if (turn.stopped) break;
    text += piece;
    emit(turn, { event: 'response_chunk', value: piece });
  }
  if (conversation.handling !== 'automatic') {
    return emit(turn, { event: 'complete', value: '', outcome: 'withheld' });
  }
  const message = append(conversation, {
    role: 'assistant',
    text,
    message_id: `${turn.turn_id}:answer`,
    turn_id: turn.turn_id,
  });
  const outcome = turn.stopped ? 'stopped' : 'answered';
  emit(turn, { event: 'complete', value: 'Response complete', outcome, message });
  const more = conversation.messages.some(
    ({ role, sequence }) => role === 'user' && sequence > through,
  );
  if (more) void runTurn(conversation, pieces, pieceMs);
}
