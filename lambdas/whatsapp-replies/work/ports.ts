import type { Handling, Conversation as Logged } from '../../conversations/conversation.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Log, Meter } from '../../shared/log.ts';
import type { Texts } from '../features.ts';
import type { MessageStatus } from '../messages.ts';
import type { InboundImage } from './inbound.ts';
import type { ReplyPart, Turn, TurnKey } from './turn.ts';

/** What the work on a conversation's turns needs of the world. */
export interface ReplyPorts {
  store: ConversationStore;
  messenger: Messenger;
  assistantFor(turn: Turn): Promise<AssistantChoice>;
  clock: Clock;
  random: () => number;
  log: Log;
  /** Names the turn on each line that follows; a conversation's turns are answered one after the other. */
  logTurn(turn: TurnKey): void;
  meter: Meter;
  /** The memory for the pictures of all turns that this process works on. */
  pictureRoom: ByteRoom;
  /** Takes a reply from the conversation's rate limit; in how many seconds there is one again, 0 where it got one. */
  tryAcquireReply(turn: Turn): Promise<number>;
  /** What a customer is told who asks for a person in these words; undefined where they do not. */
  handoverText(turn: Turn): Promise<string | undefined>;
  /** Lets an agent answer again what no person has written to for as long as the company says. */
  returnToAgent(conversation: Logged): Promise<void>;
  /** Counts a reply in the company's usage; never throws. */
  countReply(turn: Turn): Promise<void>;
  /** The URL at which Twilio reports on a part of this turn's reply. */
  statusCallback(turn: Turn, messageKey: string): string;
}

/** The invocation that a turn is worked on in. */
export interface TurnInvocation {
  remainingMs(): number;
  /** Waits until the batch's other conversations are done, for a turn that has ended so many invocations. */
  lastAndAlone?(times: number): Promise<void>;
}

/** What the steps of one turn work with. */
export interface TurnContext extends ReplyPorts, Pick<TurnInvocation, 'remainingMs'> {
  /** Who answers the company's customers; looked up once, when a step first needs it. */
  assistant(): Promise<AssistantChoice>;
}

/** A step moved the turn on, or gives the wait back to the queue for that long. */
export type StepResult =
  | { kind: 'moved'; turn: Turn }
  | { kind: 'waiting'; turn: Turn; afterSeconds: number };

/** A part of the process's memory which concurrent pieces of work share. */
export interface ByteRoom {
  hold(): ByteHold;
}

/** What one piece of work holds of it. */
export interface ByteHold {
  /** False when there is no room for so many bytes more; then nothing more is held. */
  take(bytes: number): boolean;
  readonly bytes: number;
  /** Gives all of it back. */
  release(): void;
}

/** One of the customer's messages, as a model reads it; images as data URLs. */
export interface ModelInput {
  text: string;
  images: Picture[];
}

export interface Picture {
  contentType: string;
  bytes: Uint8Array;
}

export interface PastMessage {
  role: 'user' | 'assistant';
  content: string;
}

/** A run that has ended regularly, the last item of its thread, and the tokens that it has read. */
interface Ended {
  runId: string;
  lastItemId?: string;
  inputTokens?: number;
}

/**
 * The status of a model's run. `failed` says whether a new run can help, and the error's code if it has one;
 * `too_long`: the thread is longer than what the model reads at once; `refused`: the vendor does not accept
 * something that is in it, from this message or from an earlier one.
 */
export type ModelRunStatus =
  | { kind: 'working'; runId: string }
  | ({ kind: 'answered'; text: string } & Ended)
  | ({ kind: 'unanswered'; reason: string; refused?: 'picture' | 'words' } & Ended)
  | { kind: 'too_long'; runId: string }
  | { kind: 'failed'; runId: string; reason: string; next: 'retry' | 'alert'; code?: string };

/** The thread is busy with another run, or is gone from the vendor's side. */
export type ThreadFailure = { kind: 'busy' } | { kind: 'thread_gone' };

/** A model with the company's instructions, answering in threads that the vendor keeps for us. */
export interface AssistantPort {
  readonly name: 'responses' | 'threads';
  /** Whether an id may be one of its threads; a channel may have changed its assistant. */
  isThread(id: string): boolean;
  /** The longest that starting a run in this thread takes, in milliseconds. */
  startMs(threadId: string): number;
  /** Opens a thread that already knows the messages so far; returns its id. */
  openThread(turn: TurnKey, history: PastMessage[]): Promise<string>;
  /** Lets the vendor delete a thread that no turn uses any more. */
  closeThread(threadId: string): Promise<void>;
  /** Adds the messages and starts their run. Throws `retry` when it is in doubt whether it began. */
  startRun(
    threadId: string,
    turn: Turn,
    messages: StartMessages,
  ): Promise<ModelRunStatus | ThreadFailure>;
  /** After such a doubt: the run that was started for this turn, if one was. */
  findRun(threadId: string, turn: Turn): Promise<ModelRunStatus | ThreadFailure | undefined>;
  checkRun(threadId: string, runId: string): Promise<ModelRunStatus>;
  /** Ends a run and returns how it ended; it may have completed meanwhile. */
  cancelRun(threadId: string, runId: string): Promise<ModelRunStatus>;
}

export interface StartMessages {
  input: ModelInput[];
  /** An earlier start is in doubt: some of the messages may be in the thread already. */
  again: boolean;
  /** Read only by assistants whose vendor keeps no threads. */
  history: () => Promise<PastMessage[]>;
}

/** What became of a message that was handed to the vendor; `unsure` may have been sent. */
export type SendResult =
  | { kind: 'sent'; messageSid: string; status: MessageStatus }
  | { kind: 'rejected'; errorCode: number }
  | { kind: 'not_sent'; reason: string; cause: unknown; retryAfterSeconds?: number }
  /** With `mayComeLate` the vendor may still take it, long after its answer was given up. */
  | { kind: 'unsure'; cause: unknown; mayComeLate?: boolean };

export interface OutboundMessage {
  from: string;
  to: string;
  body: string;
  statusCallback: string;
}

/** WhatsApp, as Twilio offers it. */
export interface Messenger {
  send(message: OutboundMessage): Promise<SendResult>;
  /** The SIDs of the messages like this one that were created since then, newest first. */
  findAll(message: OutboundMessage, sinceMs: number): Promise<string[]>;
  /** Best effort; never throws. */
  showTyping(messageSid: string): Promise<void>;
  /** Throws `retry` (`twilio_media`) when Twilio cannot give it now. */
  fetchPicture(image: InboundImage, bounds: FetchBounds): Promise<Picture | NoPicture>;
}

export interface FetchBounds {
  timeoutMs: number;
  /** Whether there is room for so many bytes more; without it the fetch ends as `no room`. */
  hold(bytes: number): boolean;
}

/** Why there is none: a young message's `missing` one may still come; for `not given` Twilio has failed to the last try. */
export type NoPicture =
  | 'too large'
  | 'too many'
  | 'missing'
  | 'not at Twilio'
  | 'not given'
  | 'not a picture'
  | 'no room';

export interface Conversation {
  company_id: string;
  conversation_id: string;
  thread_id?: string;
  /** What the last run in this thread has read, in tokens. */
  thread_tokens?: number;
  last_item_id?: string;
  last_turn_id?: string;
  /** The last message that its thread knows, with all before it. */
  seen_sequence?: number;
}

/** The code of the error by which a vendor refuses a conversation, which another conversation may end. */
export const conversationRefused = 'conversation_refused';

/** In the place of a thread's id: the conversation has left its thread. */
export const noThread = '';

/** The code of the error by which a store says that another invocation has written the turn. */
export const turnTaken = 'turn_taken';

/** The code of the error that means: the customer has the reply, our record of it is missing. */
export const notRecorded = 'reply_not_recorded';

/** Every method needs the tenant (`company_id`), by its key or the turn that carries it. */
export interface ConversationStore {
  /** The turn that answers a message, whether it is the turn's first or is merged into it. */
  turnOf(key: TurnKey): Promise<Turn | undefined>;
  /** False when another one was there before. */
  createTurn(turn: Turn): Promise<boolean>;
  /** Writes the turn as it is now; throws `retry` when another invocation has written since. */
  saveTurn(turn: Turn): Promise<Turn>;
  /** Records that a message is answered by this turn; returns the id of the turn that has it. */
  mergeInto(turn: Turn, messageSid: string): Promise<string>;
  /** The conversation, if there is one, and its last sequence; 0 where it is not wholly taken over yet. */
  opened(key: TurnKey): Promise<{ conversation: Logged | undefined; after: number }>;
  /** Writes the customer's messages into the conversation; who answers it. */
  recordInputs(turn: Turn): Promise<{ turn: Turn; handling: Handling }>;
  /** Who answers the conversation now. */
  handling(turn: Turn): Promise<Handling>;
  /** Has the customer wait for a person, where nobody has the conversation. */
  requestPerson(turn: Turn): Promise<void>;
  /**
   * Puts a part into the conversation before it is sent, and never behind a takeover; its sequence. Undefined where it
   * is not to be sent: a person has the conversation, or is waited for.
   */
  appendPart(turn: Turn, part: ReplyPart): Promise<{ sequence?: number } | undefined>;
  conversation(key: TurnKey): Promise<Conversation | undefined>;
  /** Whether a person has had the conversation since that message. */
  missesMessages(turn: Turn, seenSequence: number | undefined): Promise<boolean>;
  rememberThread(turn: Turn, threadId: string): Promise<void>;
  /** Earlier messages, oldest first, without those of this turn. */
  history(turn: Turn, limit: number): Promise<PastMessage[]>;
  /** The message with this SID, among the newest of the conversation. */
  messageBySid(key: TurnKey, messageSid: string): Promise<PastMessage | undefined>;
  hasOptedOut(turn: Turn): Promise<boolean>;
  /** The SID that a status callback has reported for a part, if one has come. */
  reportedSid(turn: Turn, messageKey: string): Promise<string | undefined>;
  /** The SIDs that turns and status callbacks have recorded since then for other parts of the conversation. */
  otherSids(turn: TurnKey, messageKey: string, sinceMs: number): Promise<Set<string>>;
  /** Writes what became of the reply's messages, and the conversation's summary; may be repeated. */
  recordReply(turn: Turn): Promise<void>;
}

/** Who answers a company's customers, and on what terms. */
export interface AssistantChoice {
  assistant: AssistantPort;
  texts: Texts;
  /** How long a run may take before it is cancelled. */
  runMaxWaitMs: number;
  /** The company's messages are kept, but not answered. */
  suspended: boolean;
}
