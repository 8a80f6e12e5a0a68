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

const programmingErrors = [TypeError, RangeError, ReferenceError, URIError];

/**
 * Whether the cause of a failure is our own code, and not who was called. A broken connection is a TypeError of
 * `fetch` too, which is recognised by its message; what broke it is its cause.
 */
export function isOwnFault(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { code } = thrown as { code?: unknown };
  const isBrokenConnection = /^(fetch failed|terminated)$/.test(thrown.message);
  const isOwn =
    (!isBrokenConnection && programmingErrors.some((kind) => thrown instanceof kind)) ||
    code === 'UND_ERR_INVALID_ARG' ||
    // AWS says so of a request that is malformed.
    /^(Validation|Serialization)Exception$/.test(thrown.name);
  return isOwn || isOwnFault(thrown.cause);
}

/** What a failed call means: `retry` under this code, unless our own code failed, which is `unexpected`. */
export function callFailed(code: string, message: string, thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  return isOwnFault(thrown) ? asEngineError(thrown) : retryLater(code, message, { cause: thrown });
}

/** Any thrown thing as an EngineError; what nobody classified is retried. */
export function asEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return retryLater('unexpected', `Unexpected ${name}; see its cause.`, { cause: thrown });
}
