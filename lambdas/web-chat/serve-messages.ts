import type { Conversation, ConversationKey } from '../conversations/conversation.ts';
import { mayVisit } from '../conversations/visits.ts';
import { succeeded } from '../shared/http/envelope.ts';
import { invalid } from '../shared/http/faults.ts';
import { keyReused } from '../shared/http/idempotency-key.ts';
import type { Problem } from '../shared/http/problem.ts';
import { counted } from '../shared/plural.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import type { WebChatFeature } from './features.ts';
import type { MessageRequest } from './messages.ts';
import { disabled, fileNotUsable, tooMany } from './problems.ts';
import { routes } from './routes.ts';
import { awaitAnswer } from './work/await-answer.ts';
import type { Allowed, WebChatPorts } from './work/ports.ts';
import { type Posted, postMessage } from './work/post-message.ts';

export interface MessagePorts extends WebChatPorts {
  chatOf(tenantId: string): Promise<WebChatFeature | undefined>;
  /** Takes a connection that waits for an answer from its conversation's limit. */
  tryOpen(key: ConversationKey): Promise<Allowed>;
}

export interface MessageInput {
  headers: { 'Idempotency-Key'?: string | undefined };
  body: MessageRequest;
  caller: Caller;
}

/** What a visitor writes: taken in at once, or answered while he waits. */
export function serveMessages(serve: Serve, ports: MessagePorts): void {
  serve(routes.message, async (request) => {
    const posted = await post(request, ports);
    if (!posted || 'problem' in posted) return posted?.problem;
    const { conversation, message, turn } = posted;
    const { conversation_id } = conversation;
    return {
      body: succeeded({ conversation_id, message, ...(turn && { turn_id: turn.turn_id }) }),
    };
  });

  serve(routes.action, async (request) => {
    const posted = await postAndWait(request, ports);
    if (!posted || 'problem' in posted) return posted?.problem;
    const { conversation_id } = posted.conversation;
    const { message_id } = posted.message;
    const answer = await awaitAnswer(posted, ports);
    const status = answer.outcome === null ? ('running' as const) : ('complete' as const);
    return {
      status: status === 'running' ? 202 : 200,
      body: succeeded({ conversation_id, message_id, ...answer, status }),
    };
  });
}

/** The message as it is written, a problem, or undefined where the caller has no such conversation. */
export async function post(
  { headers, body, caller }: MessageInput,
  ports: MessagePorts,
): Promise<Posted | { problem: Problem } | undefined> {
  const { tenant_id } = caller;
  const { conversation_id, client_id } = body;
  const [chat, conversation] = await Promise.all([
    ports.chatOf(tenant_id),
    ports.conversations.find({ tenant_id, conversation_id }),
  ]);
  if (!conversation || !isHis(conversation, caller)) return undefined;
  if (!chat?.enabled) return { problem: disabled };
  const { max_count } = chat.files;
  if (body.file_ids.length > max_count) return { problem: invalid([tooManyFiles(max_count)]) };
  const key = client_id ?? headers['Idempotency-Key'];
  const posted = await postMessage(conversation, body, { key, chat }, ports);
  switch (posted.kind) {
    case 'posted':
      return posted;
    case 'reused':
      return { problem: keyReused };
    case 'no_such_file':
      return { problem: fileNotUsable };
    case 'limited':
      return {
        problem: tooMany(posted.retryAfterSeconds, 'This conversation has too many messages'),
      };
    default:
      throw posted satisfies never;
  }
}

/** The same for whoever waits for the answer then. A message is limited as one; sent again, as a connection. */
export async function postAndWait(
  request: MessageInput,
  ports: MessagePorts,
): ReturnType<typeof post> {
  const posted = await post(request, ports);
  if (!posted || 'problem' in posted || !posted.isRepeated) return posted;
  const { tenant_id, conversation_id } = posted.conversation;
  const refused = await readTooOften({ tenant_id, conversation_id }, ports);
  return refused ? { problem: refused } : posted;
}

export async function readTooOften(
  key: ConversationKey,
  { tryOpen }: Pick<MessagePorts, 'tryOpen'>,
): Promise<Problem | undefined> {
  const opened = await tryOpen(key);
  return opened.allowed
    ? undefined
    : tooMany(opened.retryAfterSeconds, 'This conversation is read too often');
}

const tooManyFiles = (most: number) => ({
  pointer: '#/file_ids',
  detail: `This company takes at most ${counted(most, 'file')} with a message.`,
});

/** A visitor writes in his own conversations alone; a program of the company hands over what its visitors write elsewhere. */
export const isHis = (conversation: Conversation, caller: Caller): boolean =>
  conversation.channel === 'webchat' && mayVisit(caller, conversation);
