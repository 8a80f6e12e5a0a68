import type OpenAI from 'openai';
import type { FailureCode, ModelRequest, Outcome } from './model.ts';
import { phaseAt, type Schedule, seconds } from './schedule.ts';

type Run = Omit<OpenAI.Beta.Threads.Run, 'last_error'> & {
  last_error: { code: FailureCode; message: string } | null;
};
type RunStatus = OpenAI.Beta.Threads.RunStatus;

/** A run as it is stored; its status is not, see `runStatusOf`. */
export interface RunRecord {
  id: string;
  thread_id: string;
  assistant_id: string;
  created_ms: number;
  /** Of the current part of the run: submitted tool outputs start another part. */
  times: Schedule;
  model: string;
  instructions: string;
  metadata: Record<string, string>;
  max_completion_tokens: number | null;
  /** Of the current part: the input of the model, and its outcome. */
  asked: ModelRequest;
  outcome: Outcome;
  call_id: string;
  prompt_tokens: number;
  completion_tokens: number;
}

const lifeMs = 10 * 60_000;
const cancellingMs = 100;

const expiresMs = (run: RunRecord) => run.created_ms + lifeMs;

export function runStatusOf(run: RunRecord, nowMs: number): RunStatus {
  const { cancelled_ms } = run.times;
  if (cancelled_ms !== undefined) {
    return nowMs < cancelled_ms + cancellingMs ? 'cancelling' : 'cancelled';
  }
  const phase = phaseAt(run.times, nowMs);
  const ended = phase === 'finished' ? endOf(run.outcome) : phase;
  return nowMs >= expiresMs(run) && !endedInTime(run, ended) ? 'expired' : ended;
}

/** Whether the run is over, so that its thread is free. */
export function isRunOver(status: RunStatus): boolean {
  const holding: RunStatus[] = ['queued', 'in_progress', 'requires_action', 'cancelling'];
  return !holding.includes(status);
}

const endedInTime = (run: RunRecord, status: RunStatus) =>
  isRunOver(status) && (run.times.finish_ms ?? Number.POSITIVE_INFINITY) <= expiresMs(run);

function endOf(outcome: Outcome): RunStatus {
  switch (outcome.kind) {
    case 'completed':
    case 'refusal':
    case 'empty':
      return 'completed';
    case 'failed':
    case 'incomplete':
    case 'cancelled':
      return outcome.kind;
    case 'function_call':
      return 'requires_action';
    case 'hangs':
      return 'in_progress';
    default:
      return outcome satisfies never;
  }
}

/** The run as OpenAI shows it in the given status. */
export function runShown(run: RunRecord, status: RunStatus): Run {
  const { outcome, times } = run;
  const endedAt = (wanted: RunStatus) =>
    status === wanted ? seconds(times.finish_ms ?? times.created_ms) : null;
  return {
    id: run.id,
    object: 'thread.run',
    thread_id: run.thread_id,
    assistant_id: run.assistant_id,
    status,
    created_at: seconds(run.created_ms),
    started_at: status === 'queued' ? null : seconds(times.started_ms),
    expires_at: isRunOver(status) ? null : seconds(expiresMs(run)),
    completed_at: endedAt('completed'),
    failed_at: endedAt('failed'),
    cancelled_at:
      status === 'cancelled' ? seconds(times.cancelled_ms ?? times.finish_ms ?? 0) : null,
    last_error:
      status === 'failed' && outcome.kind === 'failed'
        ? { code: outcome.code, message: outcome.message }
        : null,
    incomplete_details: status === 'incomplete' ? incompleteDetails(outcome) : null,
    required_action: status === 'requires_action' ? actionOf(run) : null,
    usage: isRunOver(status) ? usageOf(run) : null,
    model: run.model,
    instructions: run.instructions,
    metadata: run.metadata,
    max_completion_tokens: run.max_completion_tokens,
    max_prompt_tokens: null,
    parallel_tool_calls: true,
    response_format: 'auto',
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation_strategy: { type: 'auto', last_messages: null },
  };
}

/** The protocol has no reason for a filtered answer: its details are then empty. */
const incompleteDetails = (outcome: Outcome): Run['incomplete_details'] =>
  outcome.kind === 'incomplete' && outcome.reason === 'max_output_tokens'
    ? { reason: 'max_completion_tokens' }
    : {};

function actionOf({ call_id, outcome }: RunRecord): Run['required_action'] {
  if (outcome.kind !== 'function_call') return null;
  const { name, arguments: json } = outcome;
  const call = { id: call_id, type: 'function' as const, function: { name, arguments: json } };
  return { type: 'submit_tool_outputs', submit_tool_outputs: { tool_calls: [call] } };
}

const usageOf = ({ prompt_tokens, completion_tokens }: RunRecord): Run['usage'] => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
});
