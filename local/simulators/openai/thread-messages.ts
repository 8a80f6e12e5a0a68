import type OpenAI from 'openai';
import * as z from 'zod';
import { fileOf } from './files.ts';
import { newId } from './ids.ts';
import type { ModelRequest, Outcome, World } from './model.ts';
import { metadata } from './parse.ts';
import type { RunRecord } from './run-record.ts';
import { seconds } from './schedule.ts';

export type Message = OpenAI.Beta.Threads.Message;

const maxTextChars = 256_000;
const text = z.string().min(1).max(maxTextChars);
const detail = z.enum(['auto', 'low', 'high']).default('auto');

const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text }),
  z.object({
    type: z.literal('image_file'),
    image_file: z.object({ file_id: z.string(), detail }),
  }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string(), detail }) }),
]);

/** A message as a client sends it. */
export const messageInput = z.object({
  role: z.enum(['user', 'assistant']),
  content: z.union([text, z.array(part).min(1)]),
  metadata: metadata.nullish(),
});

type MessageInput = z.infer<typeof messageInput>;

export const messagesOf = (world: World, threadId: string): Message[] =>
  world.documents.list<Message>('messages', threadId);

export function addMessage(world: World, threadId: string, input: MessageInput): Message {
  return keep(world, {
    ...blank(threadId, world.now()),
    id: newId('msg_'),
    role: input.role,
    content: contentOf(world, input.content),
    metadata: input.metadata ?? {},
  });
}

/** Adds the answer of a finished run to its thread. Its id is derived from the run's, so a second call changes nothing. */
export function addAnswer(world: World, run: RunRecord): void {
  const content = answerOf(run.outcome);
  if (!content) return;
  const endMs = run.times.finish_ms ?? run.created_ms;
  const isIncomplete = run.outcome.kind === 'incomplete';
  keep(world, {
    ...blank(run.thread_id, endMs),
    id: run.id.replace('run_', 'msg_'),
    role: 'assistant',
    assistant_id: run.assistant_id,
    run_id: run.id,
    content: [content],
    ...(isIncomplete && {
      status: 'incomplete',
      completed_at: null,
      incomplete_at: seconds(endMs),
      incomplete_details: { reason: incompleteReason(run.outcome) },
    }),
  });
}

/** The input of the model: the messages since its last answer, and those before as history. */
export function askedOf(run: Pick<RunRecord, 'model' | 'instructions'>, messages: Message[]) {
  const start = messages.findLastIndex((message) => message.role === 'assistant') + 1;
  return {
    model: run.model,
    instructions: run.instructions,
    input: messages.slice(start).map(said),
    history: messages.slice(0, start).map(({ role, content }) => ({ role, text: textOf(content) })),
  } satisfies ModelRequest;
}

const said = ({ role, content }: Message) => ({
  role,
  text: textOf(content),
  imageCount: content.filter((one) => one.type.startsWith('image_')).length,
});

const textOf = (content: Message['content']) =>
  content
    .flatMap((one) => {
      if (one.type === 'text') return [one.text.value];
      return one.type === 'refusal' ? [one.refusal] : [];
    })
    .join('\n');

function keep(world: World, message: Message): Message {
  world.documents.put('messages', message.id, message, message.thread_id);
  return message;
}

const blank = (threadId: string, atMs: number): Message => ({
  id: '',
  object: 'thread.message',
  thread_id: threadId,
  created_at: seconds(atMs),
  completed_at: seconds(atMs),
  status: 'completed',
  incomplete_at: null,
  incomplete_details: null,
  role: 'user',
  content: [],
  assistant_id: null,
  run_id: null,
  attachments: [],
  metadata: {},
});

function contentOf(world: World, content: MessageInput['content']): Message['content'] {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  return parts.map((one) => {
    if (one.type === 'image_file') fileOf(world, one.image_file.file_id);
    return one.type === 'text' ? textBlock(one.text) : one;
  });
}

const textBlock = (value: string) => ({ type: 'text' as const, text: { value, annotations: [] } });

function answerOf(outcome: Outcome): Message['content'][number] | undefined {
  switch (outcome.kind) {
    case 'completed':
      return textBlock(outcome.text);
    case 'refusal':
      return { type: 'refusal', refusal: outcome.text };
    case 'incomplete':
      return outcome.text === '' ? undefined : textBlock(outcome.text);
    default:
      return undefined;
  }
}

const incompleteReason = (outcome: Outcome) =>
  outcome.kind === 'incomplete' && outcome.reason === 'content_filter'
    ? 'content_filter'
    : 'max_tokens';
