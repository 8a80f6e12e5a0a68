import { type EngineError, isOwnFault } from '../errors.ts';

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

/** Codes which say that a vendor, a mailbox or AWS is not available, whatever is asked of it. */
const outages =
  /^(openai_(unreachable|unreadable|busy|quota|failed)|run_cancelled|twilio_(not_sent|unsure|list|media)|mailbox_unavailable|store|secret_unavailable|event_not_published)$/;

/** How many failures of one kind are allowed before work goes to the dead letters. */
export interface RetryLimits {
  maxAttempts: number;
  /** For outages, which pass by themselves: with pauses of up to two minutes, about a quarter of an hour. */
  outageAttempts: number;
}

export const outageAttempts = 15;

/** Whether it says nothing about the work itself, which is as good as before once the outage is over. A fault of our own code does not pass. */
export const isOutage = ({ next, code, cause }: EngineError): boolean =>
  next === 'retry' && outages.test(code) && !isOwnFault(cause);

/** After how many failures of this kind work becomes a dead letter. */
export const maxAttemptsFor = (
  error: EngineError,
  { maxAttempts, outageAttempts }: RetryLimits,
): number => (isOutage(error) ? outageAttempts : maxAttempts);

/**
 * Seconds until the next try: doubles from `baseSeconds` with each failed attempt (1, 2, …) up to
 * `capSeconds`, the upper half of it by chance, so that those who failed together do not return together.
 */
export function backoffSeconds(
  attempt: number,
  random: () => number,
  { baseSeconds = 2, capSeconds = 120 } = {},
): number {
  const ceiling = Math.min(capSeconds, baseSeconds * 2 ** Math.max(0, attempt - 1));
  return Math.ceil(ceiling / 2 + (random() * ceiling) / 2);
}

/** A try that failed, the one that was the last, or the first after somebody had sent the dead letter back. */
export interface HistoryEntry {
  /** Milliseconds since the epoch. */
  at: number;
  what: 'failed' | 'dead' | 'redriven';
  error_code?: string;
}

/** How many entries are kept with a piece of work; the oldest is dropped first. */
const maxEntries = 20;

/** The history with another entry. */
export const withEntry = (
  history: readonly HistoryEntry[] | undefined,
  entry: HistoryEntry,
): HistoryEntry[] => [...(history ?? []), entry].slice(-maxEntries);

/** What to keep of work that begins: whether it was redriven after a dead letter. */
export function historyOnBegin(
  history: HistoryEntry[] | undefined,
  now: number,
): { history?: HistoryEntry[] } {
  if (history?.at(-1)?.what === 'dead') {
    return { history: withEntry(history, { at: now, what: 'redriven' }) };
  }
  return history ? { history } : {};
}
