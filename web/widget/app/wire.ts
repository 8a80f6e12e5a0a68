import type {
  Conversation,
  FileReference,
  Message,
} from '../../../lambdas/conversations/conversation.ts';
import type { ChatConfig } from '../../../lambdas/web-chat/routes.ts';

export type { TurnEvent } from '../../../lambdas/agents/ports.ts';
export type { FileReference, Message };

export type WidgetConfig = ChatConfig;

export interface Session {
  conversation_id: string;
  participant_id: string;
  token: string;
  token_expires_at: string;
}

export type Standing = Pick<Conversation, 'status' | 'handling'>;

export type Resumed = Session & Standing & { config: WidgetConfig; last_sequence: number };

export type Page = Standing & { messages: Message[]; last_sequence: number };

/** A message that was accepted. */
export interface Accepted {
  message: Message;
  /** Missing where another turn runs, or a person answers. */
  turn_id?: string;
}

export interface StoredFile extends FileReference {
  url: string;
  expires_at?: string;
}

export interface Faq {
  question: string;
  answer: string;
}
