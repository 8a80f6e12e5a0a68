import type { Response } from 'openai/resources/responses/responses.js';
import { alertPerson, retryLater } from '../../shared/errors.ts';
import { answerText } from '../../vendors/openai/answer-text.ts';
import { isTooLongCode, isUnanswerable, runFaultCode } from '../../vendors/openai/errors.ts';
import { type ModelStep, runUnknown, tooLong } from '../work/ports.ts';

type End = Extract<ModelStep, { kind: 'answered' | 'unanswered' }>;

/** How a response has ended; undefined while it works. Throws what its failure means. */
export function endOf(response: Response): End | undefined {
  switch (response.status) {
    case 'completed':
      return completed(response);
    case 'incomplete': {
      const reason = response.incomplete_details?.reason ?? 'incomplete';
      const text = answerText(response);
      return text && reason !== 'content_filter'
        ? { kind: 'answered', text }
        : { kind: 'unanswered', reason };
    }
    case 'failed':
      return failed(response.error);
    case 'cancelled':
      throw retryLater('run_cancelled', 'OpenAI has cancelled the response.');
    default:
      return undefined;
  }
}

function completed(response: Response): End {
  const text = answerText(response);
  if (text) return { kind: 'answered', text };
  const items = response.output ?? [];
  if (items.some(({ type }) => type === 'function_call')) {
    throw alertPerson('run_failed', 'The model asks for a tool, and the agent has none.');
  }
  const refused = items.some(
    (item) => item.type === 'message' && item.content.some((part) => part.type === 'refusal'),
  );
  return { kind: 'unanswered', reason: refused ? 'refusal' : 'empty' };
}

/** The end of a response, or of its stream, with this error. */
export function failed(
  error: { code?: string | null; message?: string | null } | null | undefined,
): End {
  const code = error?.code ?? 'unknown error';
  if (isTooLongCode(code)) throw tooLongError(undefined);
  if (isUnanswerable(code)) return { kind: 'unanswered', reason: code };
  throw retryLater(runFaultCode(error), `OpenAI's response failed: ${code}.`);
}

export const tooLongError = (cause: unknown) =>
  retryLater(tooLong, 'The conversation is longer than what the model reads at once.', { cause });

export const unknownRun = (runId: string, cause: unknown) =>
  retryLater(runUnknown, `OpenAI does not know ${runId} any more.`, { cause });
