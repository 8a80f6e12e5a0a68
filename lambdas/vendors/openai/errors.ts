import { APIConnectionError, APIError, NotFoundError } from 'openai';
import { alertPerson, EngineError, retryLater } from '../../runtime/errors.ts';

/** What a failed call to OpenAI means for the work. `doing` completes "OpenAI failed to …". */
export function openAiFault(error: unknown, doing: string): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof APIConnectionError) {
    return retryLater('openai_unreachable', `OpenAI failed to ${doing}: no answer.`, {
      cause: error,
    });
  }
  if (!(error instanceof APIError)) {
    return retryLater('openai_unexpected', `OpenAI failed to ${doing}.`, { cause: error });
  }
  const { status, code } = error;
  const message = `OpenAI failed to ${doing}: ${[status, code].filter(Boolean).join(' ')}.`;
  if (isForGood(error)) return alertPerson('openai_refused', message, { cause: error });
  // Credit that is used up comes back when somebody pays, not after the Retry-After that may stand beside it.
  if (isQuotaCode(code) || isQuotaCode(error.type)) {
    return retryLater('openai_quota', message, { cause: error });
  }
  const retryAfterSeconds = retryAfterOf(error);
  return retryLater(status === 429 ? 'openai_busy' : 'openai_failed', message, {
    cause: error,
    ...(retryAfterSeconds && { retryAfterSeconds }),
  });
}

/** A request that is wrong as it stands: a setting must change before it can succeed. */
function isForGood(error: APIError): boolean {
  const { status } = error;
  return status === 400 || status === 404 || status === 405 || status === 422;
}

function retryAfterOf(error: APIError): number | undefined {
  const seconds = Number(error.headers?.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : undefined;
}

/** The code or type by which OpenAI says that the account has no credit left, which no waiting brings back. */
const isQuotaCode = (code: string | null | undefined): boolean =>
  typeof code === 'string' &&
  /^(insufficient_quota|billing_hard_limit_reached|billing_not_active)$/.test(code);

export const isNotFound = (error: unknown): boolean => error instanceof NotFoundError;

/** Another run works on the thread: transient, but the SDK does not retry it. */
export function isBusyThread(error: unknown): boolean {
  if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 409)) return false;
  if (error.code === 'conversation_locked') return true;
  return /while a run \S+ is active|already has an active run/.test(error.message);
}

/** The thread does not exist, or its id is none that this server makes. */
export function isNoThread(error: unknown): boolean {
  if (isNotFound(error)) return true;
  if (!(error instanceof APIError) || error.status !== 400 || isBusyThread(error)) return false;
  return /^(conversation|thread)(_id)?$/.test(error.param ?? '');
}

/** The code by which OpenAI says that the model takes no input of this length. */
export const isTooLongCode = (code: string | null | undefined): boolean =>
  code === 'context_length_exceeded';

/** The same of a refused request; other servers say it in words alone. A setting that asks for too much output is none. */
export function isTooLong(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  if (error.status === 413 || isTooLongCode(error.code)) return true;
  if (error.status !== 400) return false;
  const { message } = error;
  return /context[ _](length|window|size)/i.test(message) && !/max_\w*tokens/.test(message);
}

/** The server knows no such route: it speaks only a part of the API. */
export const isUnsupported = (error: unknown): boolean =>
  error instanceof APIError && [404, 405, 501].includes(error.status ?? 0);

/** Codes by which OpenAI says that what the customer sent cannot be answered; a new run cannot help. */
export const isUnanswerable = (code: string | null | undefined): boolean =>
  typeof code === 'string' && /image|^invalid_prompt$|policy/.test(code);
