import type { TurnEvent } from '../agents/ports.ts';
import { type StreamEncoding, sseEvent } from './sse.ts';

/** The request header that asks for this encoding, and the response header that says it. */
const uiStreamHeader = 'x-vercel-ai-ui-message-stream';

/**
 * The events as a UI message stream (version 1) of the Vercel AI SDK. An answer that begins anew is a text part of its
 * own behind a part `data-reset`: what came before that is no part of the answer.
 */
export function uiMessageStream(): StreamEncoding {
  let [isBegun, texts, isOpen] = [false, 0, false];
  const textId = () => `text-${texts}`;
  const closed = (): object[] => {
    if (!isOpen) return [];
    isOpen = false;
    return [{ type: 'text-end', id: textId() }];
  };
  const begun = (messageId: string): object[] => {
    if (isBegun) return [];
    isBegun = true;
    return [{ type: 'start', messageId }, { type: 'start-step' }];
  };
  const chunk = (delta: string, isReset: boolean): object[] => {
    const anew =
      isReset && texts > 0
        ? [...closed(), { type: 'data-reset', id: 'reset', data: { before: `text-${texts + 1}` } }]
        : [];
    if (delta === '') return anew;
    const opened = isOpen ? [] : [{ type: 'text-start', id: `text-${++texts}` }];
    isOpen = true;
    return [...anew, ...opened, { type: 'text-delta', id: textId(), delta }];
  };
  const parts = (event: TurnEvent): object[] => {
    switch (event.event) {
      case 'thinking':
        return [];
      case 'tool_call': {
        const { tool: toolName, args: input } = event.value;
        const toolCallId = `${event.turn_id}:${event.sequence}`;
        return [...closed(), { type: 'tool-input-available', toolCallId, toolName, input }];
      }
      case 'response_chunk':
        return chunk(event.value, event.reset === true);
      case 'complete': {
        const { outcome, message } = event;
        const said = message && { sequence: message.sequence, message_id: message.message_id };
        return [
          ...closed(),
          { type: 'finish-step' },
          { type: 'finish', messageMetadata: { outcome, ...said } },
        ];
      }
      case 'error':
        return [...closed(), { type: 'error', errorText: event.value }, { type: 'finish' }];
      default:
        return event satisfies never;
    }
  };
  return {
    headers: { [uiStreamHeader]: 'v1' },
    begin: '',
    event(event) {
      const all = [...begun(event.turn_id), ...parts(event)];
      const isLast = event.event === 'complete' || event.event === 'error';
      // The id stands on the last part: who has that has the whole event.
      const text = all.map((part, n) =>
        sseEvent(part, n === all.length - 1 ? event.sequence : undefined),
      );
      return `${text.join('')}${isLast ? 'data: [DONE]\n\n' : ''}`;
    },
  };
}
