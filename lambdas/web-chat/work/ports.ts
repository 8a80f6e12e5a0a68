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
    fileIds: readonly string[],
  ): Promise<FileReference[] | undefined>;
}

/** How a conversation comes from the agent to a person and back, as its company has set it. */
export interface Handover {
  /** Whether a customer asks for a person by one of the company's words. */
  isAskedFor(conversation: Conversation, text: string): Promise<boolean>;
  request(conversation: Conversation, by: string): Promise<Conversation | undefined>;
  /** Gives it back to the agent where nobody has written for as long as the company says. */
  returned(conversation: Conversation): Promise<Conversation>;
}

export interface WebChatPorts {
  conversations: ConversationLog;
  turns: Pick<Turns, 'expect' | 'begin' | 'covering' | 'events'>;
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
  handover: Handover;
  newId(): string;
  clock: Clock;
}
