import type OpenAI from 'openai';
import { newId } from './ids.ts';
import type { ModelRequest, Outcome, Said } from './model.ts';

export type OutputItem =
  | OpenAI.Responses.ResponseOutputMessage
  | OpenAI.Responses.ResponseFunctionToolCallItem
  | OpenAI.Responses.ResponseReasoningItem;

/** An item of a conversation as it is stored and shown: a message, a call or its output. */
export type Item =
  | (OpenAI.Responses.ResponseInputMessageItem & { status: 'completed' })
  | (OpenAI.Responses.ResponseFunctionToolCallOutputItem & { output: string })
  | OutputItem;

export type MessagePart =
  | { type: 'output_text'; text: string }
  | { type: 'refusal'; refusal: string };

export const assistantMessage = (
  parts: MessagePart[],
  status: 'completed' | 'incomplete' = 'completed',
): OpenAI.Responses.ResponseOutputMessage => ({
  id: newId('msg_'),
  type: 'message',
  status,
  role: 'assistant',
  content: parts.map((part) =>
    part.type === 'output_text' ? { ...part, annotations: [], logprobs: [] } : part,
  ),
});

export const thinksAloud = (model: string) => /^(o\d|gpt-5)/.test(model);

/** The output of a response; a reasoning model's first item is its reasoning, not its message. */
export function outputOf(outcome: Outcome, model: string): OutputItem[] {
  const answered = answerItems(outcome);
  const said = outcome.kind === 'completed' ? outcome.reasoning : undefined;
  const reasoned = answered.length > 0 || outcome.kind === 'empty';
  return said || (reasoned && thinksAloud(model))
    ? [{ id: newId('rs_'), type: 'reasoning', summary: summaryOf(said) }, ...answered]
    : answered;
}

const summaryOf = (text: string | undefined): OpenAI.Responses.ResponseReasoningItem.Summary[] =>
  text ? [{ type: 'summary_text', text }] : [];

const textMessage = (text: string, status?: 'incomplete') =>
  assistantMessage([{ type: 'output_text', text }], status);

function answerItems(outcome: Outcome): OutputItem[] {
  switch (outcome.kind) {
    case 'completed':
      return outcome.commentary === undefined
        ? [textMessage(outcome.text)]
        : [
            { ...textMessage(outcome.commentary), phase: 'commentary' as const },
            { ...textMessage(outcome.text), phase: 'final_answer' as const },
          ];
    case 'refusal':
      return [assistantMessage([{ type: 'refusal', refusal: outcome.text }])];
    case 'incomplete':
      return outcome.text ? [textMessage(outcome.text, 'incomplete')] : [];
    case 'failed':
    case 'hangs':
      return outcome.said ? [textMessage(outcome.said, 'incomplete')] : [];
    case 'function_call':
      return [
        {
          id: newId('fc_'),
          type: 'function_call',
          status: 'completed',
          call_id: newId('call_'),
          name: outcome.name,
          arguments: outcome.arguments,
        },
      ];
    case 'empty':
    case 'cancelled':
      return [];
    default:
      return outcome satisfies never;
  }
}

/** The text of items, as the model reads it. */
export function asSaid(items: Item[]): ModelRequest['input'] {
  return items.flatMap((item) => {
    switch (item.type) {
      case 'message':
        return [{ role: item.role, text: textOf(item.content), imageCount: imagesIn(item).length }];
      case 'function_call':
        return [{ role: 'assistant', text: `${item.name}(${item.arguments})`, imageCount: 0 }];
      case 'function_call_output':
        return [{ role: 'tool', text: item.output, imageCount: 0 }];
      case 'reasoning':
        return [];
      default:
        return item satisfies never;
    }
  });
}

export const withoutImages = (said: ModelRequest['input']): Said[] =>
  said.map(({ role, text: words }) => ({ role, text: words }));

const textOf = (content: (Item & { type: 'message' })['content']) =>
  content
    .flatMap((one) => {
      if (one.type === 'refusal') return [one.refusal];
      return 'text' in one ? [one.text] : [];
    })
    .join('\n');

export const imagesIn = (item: Item) =>
  item.type === 'message'
    ? item.content.flatMap((one) => (one.type === 'input_image' ? [one] : []))
    : [];
