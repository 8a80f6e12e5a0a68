import { BadRequestError, type OpenAI, toFile } from 'openai';
import type { MessageContentPartParam, Text } from 'openai/resources/beta/threads/messages.js';
import type { Run } from 'openai/resources/beta/threads/runs/runs.js';
import { inParallel } from '../../shared/in-parallel.ts';
import { answerText } from '../../vendors/openai/answer-text.ts';
import type { OpenAiSource } from '../../vendors/openai/client.ts';
import { isNoThread, isNotFound, UnreadableAnswer } from '../../vendors/openai/errors.ts';
import { recordUsage, type UsageRecorder } from '../../vendors/openai/usage.ts';
import type { AssistantPort, ModelInput, ModelRunStatus } from '../work/ports.ts';
import { readableInputs, type Turn } from '../work/turn.ts';
import { cancelledRun, failedRun, startFailure, threadFault, unknownRun } from './run-status.ts';

export interface ThreadsConfig {
  assistant_id: string;
  max_completion_tokens?: number;
}

const startTimeoutMs = 15_000;
const searched = 50;
const uploadsAtOnce = 2;

/**
 * The Assistants protocol (threads, messages, runs). OpenAI itself ended it on 2026-08-26; servers
 * that kept it are reached by `OPENAI_BASE_URL`. Messages and runs carry our ids as metadata, so
 * that after a doubt both are found again with certainty.
 */
export function threadsAssistant(
  source: OpenAiSource,
  config: ThreadsConfig,
  onUsage?: UsageRecorder,
): AssistantPort {
  return {
    name: 'threads',
    isThread: (id) => !id.startsWith('conv_') && id !== 'own-history',
    startMs: () => 2 * startTimeoutMs,

    async openThread({ company_id, conversation_id }, history) {
      try {
        const { beta } = await source();
        const thread = await beta.threads.create({
          messages: history,
          metadata: { company_id, conversation_id },
        });
        if (!thread.id) throw new UnreadableAnswer('an answer without an id');
        return thread.id;
      } catch (error) {
        throw threadFault(error, 'open a thread');
      }
    },

    async closeThread(threadId) {
      try {
        const { beta } = await source();
        await beta.threads.delete(threadId);
      } catch (error) {
        if (!isNotFound(error)) throw threadFault(error, 'delete a thread');
      }
    },

    async startRun(threadId, turn, { input, again }) {
      const client = await source();
      try {
        await addMessages(client, threadId, turn, input, again);
        const run = await client.beta.threads.runs.create(
          threadId,
          { ...config, metadata: { turn_id: turn.turn_id } },
          { timeout: startTimeoutMs, maxRetries: 0 },
        );
        return await statusOf(client, run);
      } catch (error) {
        const isThreadGone = isNoThread(error) && !/assistant/i.test(messageOf(error));
        return startFailure(error, 'start a run', isThreadGone);
      }
    },

    async findRun(threadId, turn) {
      const client = await source();
      try {
        const page = await client.beta.threads.runs.list(threadId, { limit: searched });
        const run = dataOf(page).find(
          ({ metadata, status }) => metadata?.['turn_id'] === turn.turn_id && !hasFailed(status),
        );
        return run && (await statusOf(client, run));
      } catch (error) {
        if (isNoThread(error)) return { kind: 'thread_gone' };
        throw threadFault(error, 'list the runs of a thread');
      }
    },

    async checkRun(threadId, runId) {
      const client = await source();
      try {
        const run = await client.beta.threads.runs.retrieve(runId, { thread_id: threadId });
        recordUsage(run, onUsage);
        return await statusOf(client, run);
      } catch (error) {
        if (isNotFound(error)) return unknownRun(runId);
        throw threadFault(error, 'retrieve a run');
      }
    },

    async cancelRun(threadId, runId) {
      const client = await source();
      try {
        await client.beta.threads.runs.cancel(runId, { thread_id: threadId });
        return failed(runId, 'cancelled');
      } catch (error) {
        // A run that has ended meanwhile cannot be cancelled; how it ended is what counts.
        if (error instanceof BadRequestError) return this.checkRun(threadId, runId);
        if (isNotFound(error)) return unknownRun(runId);
        throw threadFault(error, 'cancel a run');
      }
    },
  };
}

/** Adds the turn's messages that are not in the thread yet. */
async function addMessages(
  client: OpenAI,
  threadId: string,
  turn: Turn,
  input: ModelInput[],
  again: boolean,
): Promise<void> {
  const sids = readableInputs(turn).map(({ message_sid }) => message_sid);
  const there = again ? await messageSidsIn(client, threadId) : new Set<string>();
  for (const [index, message] of input.entries()) {
    const message_sid = sids[index] ?? `${turn.turn_id}.${index}`;
    if (there.has(message_sid)) continue;
    await client.beta.threads.messages.create(
      threadId,
      {
        role: 'user',
        content: await contentOf(client, message),
        metadata: { message_sid, turn_id: turn.turn_id },
      },
      { timeout: startTimeoutMs, maxRetries: 0 },
    );
  }
}

async function messageSidsIn(client: OpenAI, threadId: string): Promise<Set<string>> {
  const page = await client.beta.threads.messages.list(threadId, { limit: searched });
  return new Set(dataOf(page).map(({ metadata }) => String(metadata?.['message_sid'] ?? '')));
}

/** Pictures go up as files first: the protocol takes no data URLs. */
async function contentOf(
  client: OpenAI,
  message: ModelInput,
): Promise<string | MessageContentPartParam[]> {
  if (message.images.length === 0) return message.text;
  const fileIds: string[] = [];
  // Each upload copies its picture: not all at the same time.
  await inParallel([...message.images.entries()], uploadsAtOnce, async ([index, picture]) => {
    const { contentType: type, bytes } = picture;
    const name = `picture-${index + 1}.${type.split('/')[1] ?? 'jpeg'}`;
    const file = await toFile(bytes, name, { type });
    fileIds[index] = (await client.files.create({ file, purpose: 'vision' })).id;
  });
  const pictures = fileIds.map((file_id) => ({
    type: 'image_file' as const,
    image_file: { file_id },
  }));
  return [...(message.text ? [{ type: 'text' as const, text: message.text }] : []), ...pictures];
}

const hasFailed = (status: Run['status']): boolean =>
  status === 'failed' || status === 'cancelled' || status === 'expired';

const failed = (
  runId: string,
  reason: string,
  next: 'retry' | 'alert' = 'retry',
): ModelRunStatus => ({ kind: 'failed', runId, reason, next });

async function statusOf(client: OpenAI, run: Run): Promise<ModelRunStatus> {
  const { id: runId } = run;
  switch (run.status) {
    case 'completed':
      return answerOf(client, run, 'empty');
    case 'incomplete': {
      const reason = run.incomplete_details?.reason ?? 'incomplete';
      return answerOf(client, run, reason);
    }
    case 'failed':
      return failedRun(runId, run.last_error);
    case 'cancelled':
      return cancelledRun(runId);
    case 'expired':
      return failed(runId, run.status);
    case 'requires_action':
      // Left open it would keep the thread busy until it expires.
      await client.beta.threads.runs
        .cancel(runId, { thread_id: run.thread_id })
        .catch(() => undefined);
      return failed(runId, 'the assistant asks for a tool, and this channel has none', 'alert');
    default:
      // What has no id cannot be looked at again: it counts as a lost answer.
      if (!runId) throw new UnreadableAnswer('an answer without an id');
      return { kind: 'working', runId };
  }
}

async function answerOf(client: OpenAI, run: Run, otherwise: string): Promise<ModelRunStatus> {
  const page = await client.beta.threads.messages.list(run.thread_id, {
    run_id: run.id,
    order: 'asc',
    limit: searched,
  });
  const output = dataOf(page)
    .filter(({ role, run_id }) => role === 'assistant' && (!run_id || run_id === run.id))
    .flatMap(({ content }) => content)
    .map((part) => ({ type: 'message', content: part.type === 'text' ? uncited(part.text) : '' }));
  const text = answerText({ output });
  const inputTokens = run.usage?.prompt_tokens;
  const ended = { runId: run.id, ...(inputTokens && { inputTokens }) };
  return text
    ? { kind: 'answered', ...ended, text }
    : { kind: 'unanswered', ...ended, reason: otherwise };
}

function dataOf<Item>({ data }: { data: Item[] }): Item[] {
  if (Array.isArray(data)) return data;
  throw new UnreadableAnswer('a list without its data');
}

/** The vendor says which of the words are markers of its sources; other annotations name files to show. */
const uncited = ({ value, annotations }: Text): string =>
  (annotations ?? [])
    .filter(({ type, text }) => type === 'file_citation' && text)
    .reduce(
      (text, { text: marker }) => text.replaceAll(` ${marker}`, '').replaceAll(marker, ''),
      value,
    );

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');
