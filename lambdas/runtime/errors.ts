/**
 * What happens to the work after an error: `retry` (transient: the queue brings it back),
 * `discard` (it can never succeed: recorded and removed) or `alert` (a person must look).
 */
export type NextStep = 'retry' | 'discard' | 'alert';

export interface EngineErrorOptions {
  cause?: unknown;
  /** Earliest sensible retry, in seconds, where the vendor named one. */
  retryAfterSeconds?: number;
}

/** An error that says what happens next. `code` is stable and safe to log; messages carry ids, never a customer's words. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly next: NextStep;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(next: NextStep, code: string, message: string, options: EngineErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.next = next;
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export const retryLater = (code: string, message: string, options?: EngineErrorOptions) =>
  new EngineError('retry', code, message, options);

export const discardWork = (code: string, message: string, options?: EngineErrorOptions) =>
  new EngineError('discard', code, message, options);

export const alertPerson = (code: string, message: string, options?: EngineErrorOptions) =>
  new EngineError('alert', code, message, options);

/** Any thrown thing as an EngineError; what nobody classified is retried. */
export function asEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return retryLater('unexpected', `Unexpected ${name}; see its cause.`, { cause: thrown });
}
