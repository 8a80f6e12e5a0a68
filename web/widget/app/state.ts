import type { FileReference, Message, Standing, TurnEvent } from './wire.ts';

/** A message that the customer has written and that the log does not show yet. */
export interface Outgoing {
  client_id: string;
  text: string;
  files: FileReference[];
  created_at: string;
  /** Why it was refused: it is not sent again unless the customer says so. */
  problem?: string;
}

/** The answer that is being written. */
export interface Answer {
  turn_id: string;
  /** The last event that was seen. */
  last: number;
  text: string;
  /** What is being done meanwhile, in the agent's words. */
  hint: string;
}

export type Rating = 'up' | 'down';
export type Notice = 'answer_failed' | 'not_done';

export interface State extends Standing {
  /** Messages in their order, without a gap from the first to `seen`. */
  messages: Message[];
  /** What is before this sequence was not asked for. */
  base: number;
  /** Up to here all messages behind `base` are there. */
  seen: number;
  /** Up to here the customer has seen them. */
  read: number;
  outbox: Outgoing[];
  answer?: Answer;
  /** A turn that is over: what still comes of it is old. */
  ended?: string;
  /** Behind this sequence one more answer is expected: something was written while another was being answered. */
  owed?: number;
  /** The last turn has failed, and nothing was written since: no answer is to come. */
  failed?: true;
  online: boolean;
  /** The customer has the chat before his eyes. */
  shown: boolean;
  ratings: Record<string, Rating>;
  notice?: Notice;
}

export type Action =
  | { type: 'began'; base: number; read: number }
  | ({ type: 'messages'; messages: readonly Message[] } & Partial<Standing>)
  | { type: 'earlier'; messages: readonly Message[]; base: number }
  | { type: 'outbox'; outbox: Outgoing[] }
  | { type: 'event'; event: TurnEvent }
  | { type: 'no_turn' }
  | { type: 'owed'; owed: boolean }
  | { type: 'online'; online: boolean }
  | { type: 'shown'; shown: boolean }
  | { type: 'rated'; message_id: string; rating: Rating }
  | { type: 'notice'; notice: Notice | undefined };

export const emptyState: State = {
  status: 'active',
  handling: 'automatic',
  messages: [],
  base: 0,
  seen: 0,
  read: 0,
  outbox: [],
  online: true,
  shown: false,
  ratings: {},
};

/** What is known after an action. Whatever comes twice or late changes nothing. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'began':
      return {
        ...emptyState,
        online: state.online,
        shown: state.shown,
        outbox: state.outbox,
        ratings: state.ratings,
        base: action.base,
        seen: action.base,
        read: action.read,
      };
    case 'messages': {
      const { status = state.status, handling = state.handling } = action;
      return merged({ ...state, status, handling }, action.messages);
    }
    case 'earlier':
      return merged({ ...state, base: Math.min(state.base, action.base) }, action.messages);
    case 'outbox': {
      const { outbox } = action;
      const known = new Set(state.outbox.map(({ client_id }) => client_id));
      const isMore = outbox.some(({ client_id }) => !known.has(client_id));
      return merged({ ...(isMore ? without(state, 'failed') : state), outbox }, []);
    }
    case 'event':
      return withEvent(state, action.event);
    case 'no_turn':
      return without(state, 'answer');
    case 'owed':
      return action.owed ? { ...state, owed: state.seen } : without(state, 'owed');
    case 'online':
      return state.online === action.online ? state : { ...state, online: action.online };
    case 'shown':
      return merged({ ...state, shown: action.shown }, []);
    case 'rated':
      return { ...state, ratings: { ...state.ratings, [action.message_id]: action.rating } };
    case 'notice':
      return action.notice ? { ...state, notice: action.notice } : without(state, 'notice');
  }
}

function without(state: State, name: 'answer' | 'failed' | 'notice' | 'owed'): State {
  const { [name]: _, ...rest } = state;
  return rest;
}

/** With messages put to their places, and without what they make superfluous. */
function merged(state: State, come: readonly Message[]): State {
  const bySequence = new Map(state.messages.map((one) => [one.sequence, one]));
  for (const message of come) {
    if (message.sequence > state.base) bySequence.set(message.sequence, message);
  }
  const messages = [...bySequence.values()].sort((a, b) => a.sequence - b.sequence);
  let seen = state.base;
  for (const { sequence } of messages) if (sequence === seen + 1) seen = sequence;
  const written = new Set(messages.map(({ client_id }) => client_id));
  const outbox = state.outbox.filter(({ client_id }) => !written.has(client_id));
  const answers = messages.filter(({ role }) => role === 'assistant');
  let next: State = { ...state, messages, seen, outbox };
  if (state.answer && answers.some(({ turn_id }) => turn_id === state.answer?.turn_id)) {
    next = { ...without(next, 'answer'), ended: state.answer.turn_id };
  }
  // What was written in another window is answered, too.
  const ours = new Set(state.outbox.map(({ client_id }) => client_id));
  const isAsked = come.some(
    ({ role, sequence, client_id }) =>
      role === 'user' && sequence > state.seen && !(client_id && ours.has(client_id)),
  );
  if (isAsked) next = without(next, 'failed');
  // The first answer behind it is to what was written before.
  const { owed } = state;
  if (owed !== undefined && answers.filter(({ sequence }) => sequence > owed).length > 1) {
    next = without(next, 'owed');
  }
  return { ...next, read: state.shown ? Math.max(state.read, seen) : state.read };
}

function withEvent(state: State, event: TurnEvent): State {
  const isOld = state.messages.some(
    ({ turn_id, role }) => turn_id === event.turn_id && role === 'assistant',
  );
  if (isOld || event.turn_id === state.ended) return state;
  const answer =
    state.answer?.turn_id === event.turn_id
      ? state.answer
      : { turn_id: event.turn_id, last: 0, text: '', hint: '' };
  if (event.sequence !== answer.last + 1) return state;
  const going = without(state, 'failed');
  const at = { ...answer, last: event.sequence };
  switch (event.event) {
    case 'thinking':
      return { ...going, answer: { ...at, hint: event.value } };
    case 'tool_call':
      return { ...going, answer: at };
    case 'response_chunk':
      return {
        ...going,
        answer: { ...at, hint: '', text: (event.reset ? '' : at.text) + event.value },
      };
    case 'complete': {
      const over = { ...without(going, 'answer'), ended: event.turn_id };
      if (event.message) return merged(over, [event.message]);
      // Its message comes with the next page of the log; until then its text stays.
      const keeps = event.outcome === 'answered' || event.outcome === 'stopped';
      return keeps && at.text ? { ...over, answer: at } : over;
    }
    case 'error':
      return {
        ...without(state, 'answer'),
        ended: event.turn_id,
        failed: true,
        notice: 'answer_failed',
      };
  }
}

/** How many messages the customer has not seen. */
export const unreadOf = ({ messages, read }: State): number =>
  messages.filter(
    ({ sequence, role }) => sequence > read && (role === 'assistant' || role === 'person'),
  ).length;

/** Whether an answer to what the customer has written is still to come from an agent. */
export function awaitsAnswer({ messages, handling, owed, failed }: State): boolean {
  if (handling !== 'automatic') return false;
  if (owed !== undefined) return true;
  if (failed) return false;
  const last = messages.findLast(({ role }) => role !== 'system');
  return last?.role === 'user';
}

const longestPollMs = 30_000;
/** After so many looks that have found nothing the pause is twice as long. */
const looksUntilTwice = 40;

/**
 * After how many milliseconds the log is looked into again, less and less often while nothing is found; undefined while
 * nobody looks.
 */
export function pollAfter(state: State, visible: boolean, looks = 0): number | undefined {
  if (!visible) return undefined;
  const isDue = state.handling !== 'automatic' || awaitsAnswer(state) || state.answer;
  return Math.min(longestPollMs, (isDue ? 3_000 : 10_000) * (1 + looks / looksUntilTwice));
}
