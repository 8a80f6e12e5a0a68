import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses.js';
import { hasReasoning, plainAnswer } from '../../shared/model-text.ts';
import { answerSoFar } from '../../shared/model-text-so-far.ts';
import { answerText } from '../../vendors/openai/answer-text.ts';

interface Item {
  type: string;
  phase?: string | null;
  content: { type: string; text: string }[];
}

/**
 * The answer of a response while it is streamed. Only final messages are read: no reasoning, no commentary. Of a server
 * that runs in the background, which is OpenAI, reasoning is an item of its own; of any other it may stand before the
 * answer in the same text without a sign of its beginning, so that nothing is shown before its end is seen.
 */
export class ResponseSoFar {
  readonly #items: (Item | undefined)[] = [];
  readonly #isTrusted: boolean;
  #hasReasoned = false;

  constructor({ background }: Pick<Response, 'background'>) {
    this.#isTrusted = background === true;
  }

  /** Takes an event in; whether it may have changed the text. */
  take(event: ResponseStreamEvent): boolean {
    switch (event.type) {
      case 'response.output_item.added':
      case 'response.output_item.done':
        this.#items[event.output_index] = itemOf(event.item);
        this.#hasReasoned ||= event.item.type === 'reasoning';
        return true;
      case 'response.content_part.added':
        if (event.part.type !== 'output_text') return false;
        this.#part(event).text = event.part.text;
        return false;
      case 'response.output_text.delta':
        this.#part(event).text += event.delta;
        return true;
      case 'response.output_text.done':
        this.#part(event).text = event.text;
        return true;
      default:
        return false;
    }
  }

  /** What may be shown, whatever is written next. */
  get text(): string {
    return answerText({ output: this.#items.filter((item) => item !== undefined) }, (text) =>
      this.#isTrusted || this.#hasReasoned || hasReasoning(text) ? answerSoFar(text) : '',
    );
  }

  /** The whole, once it has ended without saying it again. */
  get whole(): string {
    return answerText({ output: this.#items.filter((item) => item !== undefined) }, plainAnswer);
  }

  #part({ output_index, content_index }: { output_index: number; content_index: number }) {
    const item = this.#items[output_index] ?? { type: 'message', content: [] };
    this.#items[output_index] = item;
    for (let n = item.content.length; n <= content_index; n++) {
      item.content.push({ type: 'output_text', text: '' });
    }
    return item.content[content_index] as { type: string; text: string };
  }
}

function itemOf(item: { type: string; phase?: unknown; content?: unknown }): Item {
  const parts = Array.isArray(item.content) ? (item.content as Partial<Item['content'][0]>[]) : [];
  return {
    type: item.type,
    ...(typeof item.phase === 'string' && { phase: item.phase }),
    content: parts.map(({ type, text }) => ({ type: type ?? '', text: text ?? '' })),
  };
}
