import { type EngineError, retryLater } from '../../shared/errors.ts';
import {
  isAboutImage,
  isRefusedAsItIs,
  isTooLongCode,
  isUnanswerable,
  openAiFault,
  runFaultCode,
} from '../../vendors/openai/errors.ts';
import { conversationRefused, type ModelRunStatus } from '../work/ports.ts';

/** What a run is that ended with this error. */
export function failedRun(
  runId: string,
  error: { code?: string | null; message?: string | null } | null | undefined,
): ModelRunStatus {
  const reason = error?.code ?? 'unknown error';
  if (isTooLongCode(reason)) return { kind: 'too_long', runId };
  if (isUnanswerable(reason)) return refusedRun(runId, reason);
  return { kind: 'failed', runId, reason, next: 'retry', code: runFaultCode(error) };
}

export const refusedRun = (runId: string, reason: string): ModelRunStatus => ({
  kind: 'unanswered',
  runId,
  reason,
  refused: isAboutImage(reason) ? 'picture' : 'words',
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
