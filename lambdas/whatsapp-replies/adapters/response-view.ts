import type { Response, ResponseInputItem } from 'openai/resources/responses/responses.js';
import { answerText } from '../../vendors/openai/answer-text.ts';
import { isTooLongCode, isUnanswerable } from '../../vendors/openai/errors.ts';
import type { ModelInput, PastMessage, RunView } from '../domain/ports.ts';

/** An earlier message, as an item of the input. */
export const pastItem = ({ role, content }: PastMessage): ResponseInputItem => ({ role, content });

/** A customer's message with its pictures, as an item of the input. */
export const inputItem = (message: ModelInput): ResponseInputItem => ({
  role: 'user',
  content: [
    ...(message.text ? [{ type: 'input_text' as const, text: message.text }] : []),
    ...message.images.map(({ contentType, bytes }) => ({
      type: 'input_image' as const,
      detail: 'auto' as const,
      image_url: `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`,
    })),
  ],
});

/** What a response is, as a run. */
export function viewOf(response: Response): RunView {
  const { id: runId, status } = response;
  const lastItemId = response.output?.at(-1)?.id;
  const inputTokens = response.usage?.input_tokens;
  const ended = { runId, ...(lastItemId && { lastItemId }), ...(inputTokens && { inputTokens }) };
  switch (status) {
    case 'completed':
      return completedView(response, ended);
    case 'incomplete': {
      const reason = response.incomplete_details?.reason ?? 'incomplete';
      const text = answerText(response);
      return text && reason !== 'content_filter'
        ? { kind: 'answered', ...ended, text }
        : { kind: 'unanswered', ...ended, reason };
    }
    case 'failed': {
      const reason = response.error?.code ?? 'unknown error';
      if (isTooLongCode(reason)) return { kind: 'too_long', runId };
      return isUnanswerable(reason)
        ? { kind: 'unanswered', ...ended, reason }
        : { kind: 'failed', runId, reason, next: 'retry' };
    }
    case 'cancelled':
      return { kind: 'failed', runId, reason: 'cancelled', next: 'retry' };
    default:
      // What has no id cannot be looked at again: it counts as a lost answer.
      if (!runId) throw new Error('The server answered without an id.');
      return { kind: 'working', runId };
  }
}

function completedView(
  response: Response,
  ended: { runId: string; lastItemId?: string; inputTokens?: number },
): RunView {
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
