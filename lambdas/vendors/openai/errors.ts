import { APIConnectionError, APIError, APIUserAbortError, NotFoundError } from 'openai';
import {
  alertPerson,
  asEngineError,
  EngineError,
  isOwnFault,
  retryLater,
} from '../../shared/errors.ts';

/** An answer that is not the API's: a page of something in between, or JSON that is cut off. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
  /** The status, if the whole answer is a page. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** What a failed call to OpenAI means for the work. `doing` completes "OpenAI failed to …". */
export function openAiFault(error: unknown, doing: string): EngineError {
  if (error instanceof EngineError) return error;
  const unreadable = unreadableIn(error);
  if (unreadable) {
    const message = `OpenAI failed to ${doing}: ${unreadable.message}.`;
    return retryLater('openai_unreadable', message, { cause: error });
  }
  if (isOwnFault(error)) return asEngineError(error);
  if (error instanceof APIConnectionError || error instanceof APIUserAbortError) {
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
  // Used up credit comes back when somebody pays, not after the Retry-After that may come with it.
  if (isOutOfQuota(error)) return retryLater('openai_quota', message, { cause: error });
  const retryAfterSeconds = retryAfterOf(error);
  return retryLater(status === 429 ? 'openai_busy' : 'openai_failed', message, {
    cause: error,
    ...(retryAfterSeconds && { retryAfterSeconds }),
  });
}

/** The answer that could not be read; undefined where it is another error. The SDK wraps it as a broken connection. */
function unreadableIn(error: unknown): UnreadableAnswer | undefined {
  for (const one of [error, error instanceof Error ? error.cause : undefined]) {
    if (one instanceof UnreadableAnswer) return one;
  }
  const isWordless = error instanceof APIError && error.error === undefined;
  if (!isWordless || ![400, 405, 422].includes(error.status ?? 0)) return undefined;
  return new UnreadableAnswer(`${error.status} without an error of its own`, error.status);
}

/** The account's credit is used up, in an error of a call or of a run; some say so in words alone. */
function isOutOfQuota(error: {
  code?: string | null | undefined;
  type?: string | undefined;
  message?: string | null | undefined;
}): boolean {
  if (/quota|billing/.test(`${error.code} ${error.type}`)) return true;
  return /exceeded your current quota|billing/i.test(error.message ?? '');
}

/** The code of a run that failed through OpenAI's fault, not through what it was asked. */
export function runFaultCode(
  error: { code?: string | null; message?: string | null } | null | undefined,
): 'openai_quota' | 'openai_busy' | 'openai_failed' {
  if (error && isOutOfQuota(error)) return 'openai_quota';
  return error?.code === 'rate_limit_exceeded' ? 'openai_busy' : 'openai_failed';
}

/** Parameters that are the same in every conversation. */
const settings =
  /^(model|instructions|assistant|max_\w*tokens|metadata|background|store|tools?|text|reasoning|temperature)\b|assistant_id/;

/**
 * A request is refused, and no setting is named as the reason: the conversation's content may be it, so
 * that another conversation can help.
 */
export function isRefusedAsItIs(error: unknown): boolean {
  if (!(error instanceof APIError) || unreadableIn(error)) return false;
  if (error.status !== 400 && error.status !== 422) return false;
  if (error.param) return !settings.test(error.param);
  return !/model|parameter/.test(String(error.code ?? ''));
}

/** A request that cannot succeed before a setting changes. */
function isForGood(error: APIError): boolean {
  const { status } = error;
  return status === 400 || status === 404 || status === 405 || status === 422;
}

function retryAfterOf(error: APIError): number | undefined {
  const seconds = Number(error.headers?.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : undefined;
}

export const isNotFound = (error: unknown): boolean => error instanceof NotFoundError;

/** Another run works on the thread: transient, but the SDK does not retry it. */
export function isBusyThread(error: unknown): boolean {
  if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 409)) return false;
  if (error.code === 'conversation_locked') return true;
  return /while a run \S+ is active|already has an active run/.test(error.message);
}

/** The thread does not exist, or its id is not one of this server. */
export function isNoThread(error: unknown): boolean {
  if (isNotFound(error)) return true;
  if (!(error instanceof APIError) || error.status !== 400 || isBusyThread(error)) return false;
  return /^(conversation|thread)(_id)?$/.test(error.param ?? '');
}

/** The code by which OpenAI says that the model takes no input of this length. */
export const isTooLongCode = (code: string | null | undefined): boolean =>
  code === 'context_length_exceeded';

/** The same of a refused request; other servers say it only in words. A setting that asks for too much output does not count. */
export function isTooLong(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  if (error.status === 413 || isTooLongCode(error.code)) return true;
  if (error.status !== 400) return false;
  const { message } = error;
  return /context[ _](length|window|size)/i.test(message) && !/max_\w*tokens/.test(message);
}

/** The server knows no such route: it speaks only a part of the API. Some say so by a page. */
export function isUnsupported(error: unknown): boolean {
  const status = error instanceof APIError ? error.status : undefined;
  return [404, 405, 501].includes(status ?? unreadableIn(error)?.status ?? 0);
}

/** Codes by which OpenAI says that what the customer sent cannot be answered; a new run cannot help. */
export const isUnanswerable = (code: string | null | undefined): boolean =>
  typeof code === 'string' &&
  (isAboutImage(code) || /^invalid_prompt$|policy|content_filter/.test(code));

/** Those of them which mean that a picture cannot be read. */
export const isAboutImage = (code: string): boolean => /image/.test(code) && !/policy/.test(code);
