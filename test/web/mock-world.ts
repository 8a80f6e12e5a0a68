import type { Context } from 'hono';
import type { WidgetConfig } from '../../web/widget/app/wire.ts';
import { append, isOver, type MockConversation, runTurn } from './mock-log.ts';

/** Faults that are switched on and off. */
export interface Faults {
  /** Streams end after that many events, each time. */
  cutAfter?: number;
  /** That many requests are answered 503, before they have taken effect, or after it. */
  failing: number;
  losing: number;
  /** Tokens are refused until they are renewed. */
  expired: Set<string>;
}

export interface MockWorld {
  conversations: Map<string, MockConversation>;
  initiated: Map<string, MockConversation>;
  faults: Faults;
  pieceMs: number;
  answer: (message: string) => string[];
  /** Where the API is. */
  url: () => string;
  config: () => WidgetConfig;
}

export const problem = (status: number, detail: string, type = 'mock') =>
  Response.json({ success: false, type, title: 'Mock', status, detail }, { status });

export const bearer = (c: Context) => c.req.header('authorization')?.replace('Bearer ', '') ?? '';

/** The conversation, where the token is its own. */
export function visited({ conversations }: MockWorld, c: Context, id: string | undefined) {
  const found = conversations.get(id ?? '');
  return found && found.token === bearer(c) ? found : undefined;
}

export interface Written {
  conversation_id: string;
  message: string;
  client_id: string;
  file_ids?: string[];
  context?: { page_url?: string };
}

/** Writes a customer's message once by its client id, and has it answered. */
export function write(
  { answer, pieceMs }: MockWorld,
  one: MockConversation,
  { message, client_id, file_ids = [], context }: Written,
) {
  if (context?.page_url) one.pages.push(context.page_url);
  const known = one.messages.some((there) => there.client_id === client_id);
  const files = file_ids.flatMap((id) => {
    const { file_id, filename, mime_type, size } = one.files.get(id) ?? {};
    return file_id && filename && mime_type && size ? { file_id, filename, mime_type, size } : [];
  });
  const written = append(one, {
    role: 'user',
    text: message,
    client_id,
    message_id: client_id,
    files,
  });
  const busy = one.turn && !isOver(one.turn);
  if (!known && !busy && one.handling === 'automatic') void runTurn(one, answer(message), pieceMs);
  return written;
}
