import type {
  Conversation,
  ConversationKey,
  FileReference,
  Handling,
  Message,
  MessageDelivery,
} from './conversation.ts';

/** A conversation that begins. */
export type NewConversation = ConversationKey &
  Pick<Conversation, 'channel' | 'participant_id'> &
  Partial<
    Pick<
      Conversation,
      'participant_name' | 'external_id' | 'conversation_spec_id' | 'metadata' | 'channel_id'
    >
  >;

/** A message before it has a sequence. `message_id` names it once in its conversation. */
export interface NewMessage
  extends Pick<Message, 'message_id' | 'role' | 'text' | 'author'>,
    Partial<Pick<Message, 'event' | 'turn_id' | 'client_id' | 'delivery' | 'created_at'>> {
  files?: FileReference[];
}

export interface AppendOptions {
  /**
   * A sequence that was the last, or lower, before the first try of this append, and is the same at each try: the
   * messages are looked for behind it before they are written.
   */
  after: number;
  /** Automatic answers only: nothing is written once the conversation is no longer handled automatically. */
  automatic?: true;
  /** Messages of the time before there was a log: no event is published of them. */
  imported?: true;
}

export type Appended =
  | { kind: 'appended'; messages: Message[]; conversation: Conversation }
  | { kind: 'withheld'; handling: Handling };

export interface HandlingChange {
  handling: Handling;
  by: string;
  /** The name that is shown. */
  name?: string;
  /** Only where no other person has the conversation; who has it then is its assignee. */
  ifFree?: true;
  /** Only while this sequence is the last: what was decided by it may be wrong once somebody has written. */
  ifLast?: number;
}

/** What channels and agents do with conversations. Each method throws `retry` with the code `store` where the table fails. */
export interface ConversationLog {
  find(key: ConversationKey): Promise<Conversation | undefined>;
  /** The conversation, which is made where there is none. */
  open(conversation: NewConversation): Promise<{ conversation: Conversation; created: boolean }>;
  /**
   * Writes messages behind the last one, each exactly once by its `message_id`, however often and by how many it is
   * called with the same `after`. A customer's message opens a closed conversation again.
   */
  append(
    key: ConversationKey,
    messages: readonly NewMessage[],
    options: AppendOptions,
  ): Promise<Appended>;
  /** Messages in their order, behind `after`; `limit` at most. */
  messages(key: ConversationKey, page: { after: number; limit: number }): Promise<Message[]>;
  /** The newest messages, oldest first. */
  latest(key: ConversationKey, limit: number): Promise<Message[]>;
  /** Among the newest messages. */
  messageById(key: ConversationKey, messageId: string): Promise<Message | undefined>;
  /** Records what became of a message on its way; a status never goes back. False where there is no such message. */
  recordDelivery(
    key: ConversationKey,
    messageId: string,
    delivery: Pick<MessageDelivery, 'status' | 'error_code'>,
  ): Promise<boolean>;
  /**
   * Changes who answers, with a message of the role `system` that records it. `by` is a principal. Nothing happens
   * where it is so already.
   */
  setHandling(key: ConversationKey, change: HandlingChange): Promise<Conversation | undefined>;
  close(key: ConversationKey, by: string): Promise<Conversation | undefined>;
}
