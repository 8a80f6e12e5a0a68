import type {
  Conversation,
  FileReference,
  Message,
} from '../../../lambdas/conversations/conversation.ts';

export type { TurnEvent } from '../../../lambdas/agents/ports.ts';
export type { FileReference, Message };

/** What a company has configured, as the API answers it. */
export interface WidgetConfig {
  /** The origins of the pages that may show the chat. */
  allowed_origins: string[];
  /** Where answers are streamed; without one they are polled for. */
  streaming_url?: string | null;
  colors?: { primary?: string };
  /** By language, or for all: texts of the company's own in place of ours. */
  texts?: Record<string, string | Record<string, string>>;
  starters?: { text: string }[];
  files?: { mime_types: string[]; max_bytes: number; max_count: number } | null;
  position?: string;
}

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
  message?: Message | string;
  turn_id?: string | null;
}

export interface StoredFile extends FileReference {
  url: string;
  expires_at?: string;
}

export interface Faq {
  question: string;
  answer: string;
}
