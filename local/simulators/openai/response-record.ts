import type OpenAI from 'openai';
import { asSaid, type Item, type OutputItem, thinksAloud } from './items.ts';
import { type FailureCode, type Outcome, tokensIn, tokensOf } from './model.ts';
import type { ResponseRequest } from './response-request.ts';
import { phaseAt, type Schedule, seconds } from './schedule.ts';

export type Wire = Omit<OpenAI.Responses.Response, 'error' | 'output_text' | 'usage'> & {
  error: { code: FailureCode; message: string } | null;
  usage: OpenAI.Responses.ResponseUsage | null;
  store: boolean;
};

/** A response as it is stored; its status is not, see `statusOf`. */
export interface ResponseRecord {
  id: string;
  times: Schedule;
  request: ResponseRequest;
  history_tokens: number;
  input: Item[];
  output: OutputItem[];
  outcome: Outcome;
}

export type Status = 'queued' | 'in_progress' | 'completed' | 'failed' | 'incomplete' | 'cancelled';

export function statusOf(record: ResponseRecord, nowMs: number): Status {
  const phase = phaseAt(record.times, nowMs);
  return phase === 'finished' ? endOf(record.outcome) : phase;
}

export const isOver = (status: Status) => status !== 'queued' && status !== 'in_progress';

function endOf(outcome: Outcome): Status {
  switch (outcome.kind) {
    case 'completed':
    case 'refusal':
    case 'empty':
    case 'function_call':
      return 'completed';
    case 'failed':
    case 'incomplete':
    case 'cancelled':
      return outcome.kind;
    case 'hangs':
      return 'in_progress';
    default:
      return outcome satisfies never;
  }
}

/** The output so far: only a completed or incomplete response has any. */
export function givenBy(record: ResponseRecord, status: Status): OutputItem[] {
  return status === 'completed' || status === 'incomplete' ? record.output : [];
}

/** The response as OpenAI shows it in the given status. */
export function shown(record: ResponseRecord, status: Status): Wire {
  const { request, times, outcome } = record;
  const finishedAt = seconds(times.finish_ms ?? 0);
  return {
    id: record.id,
    object: 'response',
    created_at: seconds(times.created_ms),
    status,
    background: request.background ?? false,
    completed_at: status === 'completed' ? finishedAt : null,
    error: status === 'failed' && outcome.kind === 'failed' ? errorOf(outcome) : null,
    incomplete_details:
      status === 'incomplete' && outcome.kind === 'incomplete' ? { reason: outcome.reason } : null,
    output: givenBy(record, status),
    usage: status === 'completed' || status === 'incomplete' ? usageOf(record) : null,
    model: request.model,
    instructions: request.instructions ?? null,
    conversation: request.conversation ?? null,
    previous_response_id: request.previous_response_id ?? null,
    metadata: request.metadata ?? {},
    max_output_tokens: request.max_output_tokens ?? null,
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    top_p: request.top_p ?? 1,
    tools: request.tools ?? [],
    tool_choice: 'auto',
    parallel_tool_calls: true,
    truncation: 'disabled',
    text: { format: { type: 'text' } },
    access_programs: null,
  };
}

const errorOf = ({ code, message }: Outcome & { kind: 'failed' }) => ({ code, message });

const cachedFromTokens = 1024;
const cacheStepTokens = 128;

/** Four characters are a token; a history that is long enough counts as cached. */
function usageOf(record: ResponseRecord): OpenAI.Responses.ResponseUsage {
  const given = tokensIn(record.request.instructions ?? '') + tokensOf(asSaid(record.input));
  const input = record.history_tokens + given;
  const reasoning = thinksAloud(record.request.model) ? 64 : 0;
  const output = reasoning + tokensOf(asSaid(record.output));
  const history = record.history_tokens;
  const cached = history < cachedFromTokens ? 0 : history - (history % cacheStepTokens);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
