import { backoffSeconds } from '../backoff.ts';
import type { EngineError } from '../errors.ts';
import { maxAttemptsFor, type RetryLimits } from './retry-limits.ts';

/**
 * What becomes of a message, or of a part of its work: it is over, is tried again after that time, or goes to the
 * dead letters. A `retry` without an error has not failed: it waits.
 */
export type Outcome = { kind: 'done' } | (Waiting & { error?: EngineError }) | Dead;

/** An outcome of work that has failed. */
export type Failure = (Waiting & { error: EngineError }) | Dead;

type Waiting = { kind: 'retry'; afterSeconds: number };
type Dead = { kind: 'dead'; error: EngineError };

export const done: Outcome = { kind: 'done' };

/** How failures are answered. */
export interface FailurePolicy {
  limits: RetryLimits;
  /** Seconds until the next try after the failed one, counted from 1; by default they double up to two minutes. */
  pause?(tries: number, error: EngineError): number;
}

/** What follows from a failed try; `tries` counts it. An error that is not `retry` ends the work at once. */
export function afterFailure(
  error: EngineError,
  tries: number,
  { limits, pause }: FailurePolicy,
  random: () => number,
): Failure {
  if (error.next !== 'retry' || tries >= maxAttemptsFor(error, limits)) {
    return { kind: 'dead', error };
  }
  const afterSeconds =
    pause?.(tries, error) ?? Math.max(backoffSeconds(tries, random), error.retryAfterSeconds ?? 0);
  return { kind: 'retry', afterSeconds, error };
}
