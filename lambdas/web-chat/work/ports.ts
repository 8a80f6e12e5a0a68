import type { Turns } from '../../agents/ports.ts';
import type {
  Conversation,
  ConversationKey,
  FileReference,
} from '../../conversations/conversation.ts';
import type { ConversationLog } from '../../conversations/ports.ts';
import type { Clock } from '../../shared/clock.ts';

/** What is decided with a message's key, so that whoever repeats it writes the same message. */
export interface MessageClaim {
  message_id: string;
  /** The last sequence before the message was first tried. */
  after: number;
  created_at: string;
}

/** What is decided with a conversation's key. */
export interface ConversationClaim {
  conversation_id: string;
  participant_id: string;
}

/** What was decided first with this key; `isNew` where it was just now. */
export type Claimed<Claim> = { kind: 'claimed'; claim: Claim; isNew: boolean } | { kind: 'reused' };

export type Allowed = { allowed: true } | { allowed: false; retryAfterSeconds: number };

/** How often visitors may do what, as their company allows it. */
export interface VisitLimits {
  /** A conversation that begins or is resumed from a network address. */
  visit(tenantId: string, address: string, perHour: number): Promise<Allowed>;
  /** A conversation that begins. */
  conversation(tenantId: string, perDay: number): Promise<Allowed>;
  message(key: ConversationKey, rates: { perMinute: number; perDay: number }): Promise<Allowed>;
}

/** The files of a visitor's conversation, as a message names them. */
export interface UploadedFiles {
  /** Undefined where one of them is not there, or is not whole. */
  references(
    key: ConversationKey,
    participantId: string,
    fileIds: readonly string[],
  ): Promise<FileReference[] | undefined>;
}

export interface WebChatPorts {
  /** Who writes a message by it has the company told of it, too. */
  conversations: ConversationLog;
  turns: Pick<Turns, 'begin' | 'events'>;
  /** Has a worker answer the turn, unless somebody else does. */
  enqueueTurn(key: ConversationKey, turnId: string): Promise<void>;
  /** Tells the company that a conversation has begun; told again, it is the same event. */
  started(conversation: Conversation): Promise<void>;
  files: UploadedFiles;
  limits: VisitLimits;
  claims: {
    message(
      key: ConversationKey,
      request: { key: string; form: string; wanted: MessageClaim },
    ): Promise<Claimed<MessageClaim>>;
    conversation(
      tenantId: string,
      request: { key: string; form: string; wanted: ConversationClaim },
    ): Promise<Claimed<ConversationClaim>>;
  };
  participants: {
    /** The conversation that he began last. */
    latestConversation(tenantId: string, participantId: string): Promise<string | undefined>;
    recordConversation(
      tenantId: string,
      participantId: string,
      conversationId: string,
    ): Promise<void>;
  };
  /** Whether a customer asks for a person by one of the words that the company has set. */
  asksForPerson(tenantId: string, text: string): Promise<boolean>;
  newId(): string;
  clock: Clock;
}
