import { APIError } from 'openai';
import type { Response } from 'openai/resources/responses/responses.js';
import { type EngineError, retryLater } from '../../shared/errors.ts';
import { answerText } from '../../vendors/openai/answer-text.ts';
import {
  isAboutImage,
  isBusyThread,
  isRefusedAsItIs,
  isTooLong,
  isTooLongCode,
  isUnanswerable,
  openAiFault,
  runFaultCode,
  UnreadableAnswer,
} from '../../vendors/openai/errors.ts';
import { conversationRefused, type ModelRunStatus, type ThreadFailure } from '../work/ports.ts';

/** The status of the run that a response is. */
export function statusOf(response: Response): ModelRunStatus {
  const { id: runId, status } = response;
  const lastItemId = response.output?.at(-1)?.id;
  const inputTokens = response.usage?.input_tokens;
  const ended = { runId, ...(lastItemId && { lastItemId }), ...(inputTokens && { inputTokens }) };
  switch (status) {
    case 'completed':
      return completedStatus(response, ended);
    case 'incomplete': {
      const reason = response.incomplete_details?.reason ?? 'incomplete';
      const text = answerText(response);
      return text && reason !== 'content_filter'
        ? { kind: 'answered', ...ended, text }
        : { kind: 'unanswered', ...ended, reason };
    }
    case 'failed':
      return failedRun(runId, response.error);
    case 'cancelled':
      return cancelledRun(runId);
    default:
      // What has no id cannot be looked at again: it counts as a lost answer.
      if (!runId) throw new UnreadableAnswer('an answer without an id');
      return { kind: 'working', runId };
  }
}

function completedStatus(
  response: Response,
  ended: { runId: string; lastItemId?: string; inputTokens?: number },
): ModelRunStatus {
  const text = answerText(response);
  if (text) return { kind: 'answered', ...ended, text };
  const types = new Set((response.output ?? []).map((item) => item.type));
  if (types.has('function_call')) {
    const reason = 'the model asks for a tool, and this channel has none';
    return { kind: 'failed', runId: ended.runId, reason, next: 'alert' };
  }
  const refused = (response.output ?? []).some(
    (item) => item.type === 'message' && item.content.some((part) => part.type === 'refusal'),
  );
  return { kind: 'unanswered', ...ended, reason: refused ? 'refusal' : 'empty' };
}

/** The status of a run that ended with this error. */
export function failedRun(
  runId: string,
  error: { code?: string | null; message?: string | null } | null | undefined,
): ModelRunStatus {
  const reason = error?.code ?? 'unknown error';
  if (isTooLongCode(reason)) return { kind: 'too_long', runId };
  if (isUnanswerable(reason)) return refusedRun(runId, reason);
  return { kind: 'failed', runId, reason, next: 'retry', code: runFaultCode(error) };
}

const refusedRun = (runId: string, reason: string): ModelRunStatus => ({
  kind: 'unanswered',
  runId,
  reason,
  refused: isAboutImage(reason) ? 'picture' : 'words',
});

/** What the failed start of a run means for the run or its thread. Throws what says nothing of either. */
export function startFailure(
  error: unknown,
  doing: string,
  isThreadGone: boolean,
): ModelRunStatus | ThreadFailure {
  if (isBusyThread(error)) return { kind: 'busy' };
  if (isThreadGone) return { kind: 'thread_gone' };
  if (isTooLong(error)) return { kind: 'too_long', runId: 'refused' };
  const { status, code } = error instanceof APIError ? error : ({} as Partial<APIError>);
  if (status === 400 && isUnanswerable(code)) return refusedRun('refused', String(code));
  throw threadFault(error, doing);
}

/** A run that the server does not know any more. */
export const unknownRun = (runId: string): ModelRunStatus => ({
  kind: 'failed',
  runId,
  reason: 'the server does not know it any more',
  next: 'retry',
});

/** A run that somebody else has ended; one of ours is not looked at again. */
export const cancelledRun = (runId: string): ModelRunStatus => ({
  kind: 'failed',
  runId,
  reason: 'cancelled',
  next: 'retry',
  code: 'run_cancelled',
});

/** `openAiFault` of a call in a conversation, which another conversation may end. */
export function threadFault(error: unknown, doing: string): EngineError {
  const fault = openAiFault(error, doing);
  if (!isRefusedAsItIs(error)) return fault;
  return retryLater(conversationRefused, fault.message, { cause: error });
}
