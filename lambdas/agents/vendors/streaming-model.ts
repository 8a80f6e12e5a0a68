import { APIError, type OpenAI } from 'openai';
import type {
  ResponseCreateParamsBase,
  ResponseInputItem,
} from 'openai/resources/responses/responses.js';
import type { EngineError } from '../../shared/errors.ts';
import type { OpenAiSource } from '../../vendors/openai/client.ts';
import {
  isTooLong,
  isUnanswerable,
  isUnsupported,
  openAiFault,
} from '../../vendors/openai/errors.ts';
import type { Model, ModelMessage, Question } from '../work/ports.ts';
import { tooLongError } from './response-end.ts';
import { type ReadingParts, ResponseReading, startTimeoutMs } from './response-reading.ts';

export interface ModelSettings {
  model: string;
  instructions: string;
  max_output_tokens?: number;
}

/** What a server was found to lack; the model's settings are tried from the top down. */
type Way = 'background' | 'stream' | 'whole';
const ways: readonly Way[] = ['background', 'stream', 'whole'];
const parameters: Readonly<Record<Way, object>> = {
  background: { stream: true, background: true, store: true },
  stream: { stream: true, store: false },
  whole: { store: false },
};

/** How long a server that does not stream may write. */
const wholeTimeoutMs = 60_000;

/** Ways that servers were found to have, by their source. */
const found = new WeakMap<OpenAiSource, Way>();

/**
 * Responses that are streamed while they run in the background, so that whoever reads them can go away, and another can
 * read on. A server without one or the other streams, or answers at once.
 */
export function streamingModel(
  source: OpenAiSource,
  settings: ModelSettings,
  parts: ReadingParts,
): Model {
  return {
    async *answer(question, runId, ended) {
      const client = await source();
      const read = new ResponseReading(client, parts, ended);
      try {
        if (runId) yield* read.again(runId);
        else yield* read.anew(await created(source, client, settings, question, read));
      } catch (error) {
        const { code, status } = error instanceof APIError ? error : ({} as Partial<APIError>);
        if (status !== 400 || !isUnanswerable(code)) throw faultOf(error);
        yield { kind: 'unanswered', reason: String(code) };
      }
    },

    async cancel(runId) {
      const client = await source();
      await client.responses.cancel(runId).catch(() => undefined);
    },

    async forget(runId) {
      const client = await source();
      await client.responses.delete(runId).catch(() => undefined);
    },
  };
}

/** Asks in the best way that the server has. */
async function created(
  source: OpenAiSource,
  client: OpenAI,
  settings: ModelSettings,
  { messages, tenant_id, conversation_id, turn_id }: Question,
  read: ResponseReading,
): Promise<globalThis.Response> {
  const metadata = { tenant_id, conversation_id: conversation_id.slice(0, 512), turn_id };
  const common = { ...settings, metadata, input: messages.map(inputItem) };
  for (let way = found.get(source) ?? 'background'; ; ) {
    const timeout = way === 'whole' ? wholeTimeoutMs : startTimeoutMs;
    const body = { ...common, ...parameters[way] } as ResponseCreateParamsBase;
    try {
      const answer = await client.responses.create(body, read.options(timeout)).asResponse();
      found.set(source, way);
      return answer;
    } catch (error) {
      const next = ways[ways.indexOf(way) + 1];
      if (!next || !refusesWay(error)) throw error;
      way = next;
    }
  }
}

function refusesWay(error: unknown): boolean {
  if (!(error instanceof APIError) || isUnsupported(error)) return isUnsupported(error);
  if (error.status !== 400 && error.status !== 422) return false;
  return /\b(background|store|stream)\b/.test(`${error.param} ${error.message}`);
}

const faultOf = (error: unknown): EngineError =>
  isTooLong(error) ? tooLongError(error) : openAiFault(error, 'answer');

function inputItem({ role, text, pictures }: ModelMessage): ResponseInputItem {
  if (role === 'assistant' || pictures.length === 0) return { role, content: text };
  return {
    role,
    content: [
      ...(text ? [{ type: 'input_text' as const, text }] : []),
      ...pictures.map(({ contentType, bytes }) => ({
        type: 'input_image' as const,
        detail: 'auto' as const,
        image_url: `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`,
      })),
    ],
  };
}
