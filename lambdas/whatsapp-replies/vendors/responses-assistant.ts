import { APIConnectionTimeoutError, APIError, type OpenAI } from 'openai';
import type { ConversationItem } from 'openai/resources/conversations/items.js';
import type { Response } from 'openai/resources/responses/responses.js';
import { retryLater } from '../../shared/errors.ts';
import { answerText } from '../../vendors/openai/answer-text.ts';
import type { OpenAiSource } from '../../vendors/openai/client.ts';
import {
  isNoThread,
  isNotFound,
  isUnsupported,
  UnreadableAnswer,
} from '../../vendors/openai/errors.ts';
import { recordUsage, type UsageRecorder } from '../../vendors/openai/usage.ts';
import type { AssistantPort, ModelRunStatus, ThreadFailure } from '../work/ports.ts';
import { modelText, readableInputs, type Turn } from '../work/turn.ts';
import { createResponse, inputItem, PictureSlots, pastItem } from './response-request.ts';
import { startFailure, statusOf, threadFault, unknownRun } from './run-status.ts';

export interface ResponsesConfig {
  model: string;
  instructions: string;
  max_output_tokens?: number;
}

/** The thread of a server that keeps no conversations: our own history goes along with each request. */
const ownHistory = 'own-history';
const startTimeoutMs = 15_000;
/** With `startReserveMs` it must leave a fresh invocation some seconds of its 60. */
const blockingTimeoutMs = 45_000;

/** Conversations with background Responses; on servers without conversations, plain Responses. */
export function responsesAssistant(
  source: OpenAiSource,
  config: ResponsesConfig,
  onUsage?: UsageRecorder,
): AssistantPort {
  const read = (response: Response): ModelRunStatus => {
    recordUsage(response, onUsage);
    return statusOf(response);
  };
  return {
    name: 'responses',
    isThread: (id) => !id.startsWith('thread_'),
    startMs: (threadId) => (threadId === ownHistory ? blockingTimeoutMs : startTimeoutMs),

    async openThread(turn, history) {
      const client = await source();
      try {
        const { company_id, conversation_id } = turn;
        const conversation = await client.conversations.create({
          items: history.map(pastItem),
          metadata: { company_id, conversation_id, [seededItems]: String(history.length) },
        });
        if (!conversation.id) throw new UnreadableAnswer('an answer without an id');
        return conversation.id;
      } catch (error) {
        if (isUnsupported(error)) return ownHistory;
        throw threadFault(error, 'open a conversation');
      }
    },

    async closeThread(threadId) {
      if (threadId === ownHistory) return;
      try {
        const client = await source();
        await client.conversations.delete(threadId);
      } catch (error) {
        if (!isNotFound(error)) throw threadFault(error, 'delete a conversation');
      }
    },

    async startRun(threadId, turn, { input, history }) {
      const client = await source();
      const { company_id, conversation_id, turn_id } = turn;
      const common = { ...config, metadata: { company_id, conversation_id, turn_id } };
      const pictures = new PictureSlots();
      const messages = input.map((message) => inputItem(message, pictures));
      try {
        if (threadId === ownHistory) {
          const past = (await history()).map(pastItem);
          const request = { ...common, input: [...past, ...messages], store: false };
          return read(await createResponse(client, request, pictures, blockingTimeoutMs));
        }
        const thread = { conversation: threadId, background: true, store: true };
        const request = { ...common, input: messages, ...thread };
        return read(await createResponse(client, request, pictures, startTimeoutMs));
      } catch (error) {
        return responseFailure(error, threadId);
      }
    },

    async findRun(threadId, turn) {
      if (threadId === ownHistory) return undefined;
      try {
        const client = await source();
        const items = await newestItems(client, threadId);
        const seeded = turn.last_item_id ? 0 : await seededIn(client, threadId);
        return answerAmong(items.slice(seeded), turn);
      } catch (error) {
        if (isNoThread(error)) return { kind: 'thread_gone' };
        throw threadFault(error, 'list a conversation');
      }
    },

    async checkRun(_threadId, runId) {
      const client = await source();
      try {
        return read(await client.responses.retrieve(runId));
      } catch (error) {
        if (isNotFound(error)) return unknownRun(runId);
        throw threadFault(error, 'retrieve a response');
      }
    },

    async cancelRun(_threadId, runId) {
      const client = await source();
      try {
        return read(await client.responses.cancel(runId));
      } catch (error) {
        if (isNotFound(error)) return unknownRun(runId);
        throw threadFault(error, 'cancel a response');
      }
    },
  };
}

/** Another server's lost answer cannot come later; the rest is as with any start. */
function responseFailure(error: unknown, threadId: string): ModelRunStatus | ThreadFailure {
  if (threadId === ownHistory && error instanceof APIConnectionTimeoutError) {
    const seconds = blockingTimeoutMs / 1000;
    const message = `The server gave no answer within ${seconds} s, and without /conversations none can come later.`;
    throw retryLater('answer_too_slow', message, { cause: error });
  }
  const { code, param } = error instanceof APIError ? error : ({} as Partial<APIError>);
  const isModel = param === 'model' || code === 'model_not_found';
  const isThreadGone = isNoThread(error) && !isModel && threadId !== ownHistory;
  return startFailure(error, 'start a response', isThreadGone);
}

/** How many items of our history a conversation began with; a question among them is not the turn's. */
const seededItems = 'seeded_items';

async function seededIn(client: OpenAI, threadId: string): Promise<number> {
  try {
    const { metadata } = await client.conversations.retrieve(threadId);
    return Number((metadata as Record<string, string> | null)?.[seededItems]) || 0;
  } catch (error) {
    if (isUnsupported(error)) return 0;
    throw error;
  }
}

/** Enough for any turn: its messages, its answer and what the model did in between. */
const searchedItems = 60;

/** The newest items, oldest first. */
async function newestItems(client: OpenAI, threadId: string): Promise<ConversationItem[]> {
  const page = await client.conversations.items.list(threadId, {
    order: 'desc',
    limit: searchedItems,
  });
  if (!Array.isArray(page.data)) throw new UnreadableAnswer('a list without its data');
  return page.data.reverse();
}

/** A response's items enter the conversation only when it completes: the turn's words there mean that its answer is there too. */
function answerAmong(items: ConversationItem[], turn: Turn): ModelRunStatus | undefined {
  const since = items.findIndex((item) => item.id === turn.last_item_id);
  const recent = items.slice(since + 1);
  const first = readableInputs(turn)[0];
  // A start of before may have had a picture that has failed since.
  const words = first ? [modelText(first), first.text] : [];
  const asked = recent.findIndex(
    (item) => item.type === 'message' && item.role === 'user' && words.includes(textOfItem(item)),
  );
  if (asked === -1) return undefined;
  const answers = recent
    .slice(asked)
    .filter((item) => item.type === 'message' && item.role === 'assistant');
  const last = answers.at(-1);
  const runId = `found:${recent[asked]?.id}`;
  if (!last) return { kind: 'unanswered', runId, reason: 'empty' };
  const text = answerText({ output: answers });
  return text
    ? { kind: 'answered', runId, text, lastItemId: String(last.id) }
    : { kind: 'unanswered', runId, reason: 'refusal', lastItemId: String(last.id) };
}

function textOfItem(item: Extract<ConversationItem, { type: 'message' }>): string {
  return item.content
    .map((part) => ('text' in part ? part.text : ''))
    .join('')
    .trim();
}
