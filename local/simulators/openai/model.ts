import type { MiddlewareHandler } from 'hono';
import type { Documents } from '../documents.ts';
import type { SimulatorEnv } from '../faults.ts';
import { type Schedule, schedule } from './schedule.ts';
import type { Schema } from './structured.ts';

export interface Said {
  role: string;
  text: string;
}

/** The input of the model: that of this run, and the conversation before it. */
export interface ModelRequest {
  model: string;
  instructions: string;
  input: (Said & { imageCount: number })[];
  history: Said[];
  /** The JSON schema of the answer. */
  schema?: Schema;
}

/** The last two are not in the API reference, but occur. */
export type FailureCode =
  | 'server_error'
  | 'rate_limit_exceeded'
  | 'invalid_prompt'
  | 'context_length_exceeded'
  | 'insufficient_quota';

/**
 * How a response or run ends; `takesMs` overrides the duration that it would have had. What a failed or hanging
 * one has `said` is streamed before. A completed one may have reasoned, and commented on it in a message of its own, first.
 */
export type Outcome = (
  | { kind: 'completed'; text: string; reasoning?: string; commentary?: string }
  | { kind: 'refusal'; text: string }
  | { kind: 'empty' }
  | {
      kind: 'failed';
      code: FailureCode;
      message: string;
      said?: string;
    }
  | { kind: 'incomplete'; reason: 'max_output_tokens' | 'content_filter'; text: string }
  | { kind: 'cancelled' }
  | { kind: 'function_call'; name: string; arguments: string }
  | { kind: 'hangs'; said?: string }
) & { takesMs?: number };

/** Everything that the routes of the simulator share. */
export interface World {
  documents: Documents;
  now: () => number;
  answer: (request: ModelRequest) => Outcome;
  /** The model's context window: the most tokens that a response reads. */
  contextTokens: number;
  runMs: () => number;
  /** Aborted when the simulator stops, which ends calls that still wait. */
  closing: AbortSignal;
  /** Middleware of one route: records the call and injects its faults. */
  requestLog: (operation: string) => MiddlewareHandler<SimulatorEnv>;
}

const charsPerToken = 4;

export const tokensIn = (text: string) => Math.ceil(text.length / charsPerToken);

export const tokensOf = (said: Said[]) => said.reduce((sum, one) => sum + tokensIn(one.text), 0);

/** Gets the model's outcome, and schedules when it is there. */
export function think(
  world: World,
  request: ModelRequest,
  maxOutputTokens?: number | null,
): { outcome: Outcome; times: Schedule } {
  const outcome = cut(world.answer(request), maxOutputTokens ?? Number.POSITIVE_INFINITY);
  const takesMs = outcome.kind === 'hangs' ? null : (outcome.takesMs ?? world.runMs());
  return { outcome, times: schedule(world.now(), takesMs) };
}

function cut(outcome: Outcome, maxTokens: number): Outcome {
  if (outcome.kind !== 'completed' || tokensIn(outcome.text) <= maxTokens) return outcome;
  const text = outcome.text.slice(0, maxTokens * charsPerToken);
  return { ...outcome, kind: 'incomplete', reason: 'max_output_tokens', text };
}
