import type { Response, ResponseInputItem } from 'openai/resources/responses/responses.js';
import { answerText } from '../../vendors/openai/answer-text.ts';
import { UnreadableAnswer } from '../../vendors/openai/errors.ts';
import type { PictureSlots } from '../../vendors/openai/picture-slots.ts';
import type { ModelInput, ModelRunStatus, PastMessage } from '../work/ports.ts';
import { cancelledRun, failedRun } from './failed-run.ts';

/** An earlier message, as an item of the input. */
export const pastItem = ({ role, content }: PastMessage): ResponseInputItem => ({ role, content });

/** A customer's message with its pictures, as an item of the input. */
export const inputItem = (message: ModelInput, pictures: PictureSlots): ResponseInputItem => ({
  role: 'user',
  content: [
    ...(message.text ? [{ type: 'input_text' as const, text: message.text }] : []),
    ...message.images.map((picture) => ({
      type: 'input_image' as const,
      detail: 'auto' as const,
      image_url: pictures.add(picture),
    })),
  ],
});

/** What a response is, as a run. */
export function viewOf(response: Response): ModelRunStatus {
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

function completedView(
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
