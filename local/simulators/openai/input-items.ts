import * as z from 'zod';
import { invalid } from './errors.ts';
import { newId } from './ids.ts';
import { assistantMessage, type Item, type MessagePart } from './items.ts';

const maxTextChars = 10_485_760;
const text = z.string().max(maxTextChars);

const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('input_text'), text }),
  z.object({ type: z.literal('output_text'), text }),
  z.object({ type: z.literal('refusal'), refusal: text }),
  z.object({
    type: z.literal('input_image'),
    detail: z.enum(['auto', 'low', 'high', 'original']).default('auto'),
    image_url: z.string().nullish(),
    file_id: z.string().nullish(),
  }),
]);

const message = z.object({
  type: z.literal('message'),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([text, z.array(part)]),
});

const functionCall = z.object({
  type: z.literal('function_call'),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
});

const functionCallOutput = z.object({
  type: z.literal('function_call_output'),
  call_id: z.string(),
  output: text,
});

/** Items as a client sends them; a message may omit its type. */
export const inputItem = z.preprocess(
  (value) =>
    typeof value === 'object' && value && 'role' in value ? { type: 'message', ...value } : value,
  z.discriminatedUnion('type', [message, functionCall, functionCallOutput]),
);

type InputItem = z.infer<typeof inputItem>;

export function toItem(input: InputItem): Item {
  switch (input.type) {
    case 'message':
      return input.role === 'assistant'
        ? assistantMessage(assistantContent(input.content))
        : {
            id: newId('msg_'),
            type: 'message',
            status: 'completed',
            role: input.role,
            content: inputContent(input.content),
          };
    case 'function_call':
      return { ...input, id: newId('fc_'), status: 'completed' };
    case 'function_call_output':
      return { ...input, id: newId('fco_'), status: 'completed' };
    default:
      return input satisfies never;
  }
}

type Content = z.infer<typeof message>['content'];

function inputContent(content: Content) {
  if (typeof content === 'string') return [{ type: 'input_text' as const, text: content }];
  return content.map((one) => {
    if (one.type === 'input_text' || one.type === 'input_image') return one;
    throw unsupported(one.type, "'input_text' and 'input_image'");
  });
}

function assistantContent(content: Content): MessagePart[] {
  if (typeof content === 'string') return [{ type: 'output_text', text: content }];
  return content.map((one) => {
    if (one.type === 'output_text' || one.type === 'refusal') return one;
    throw unsupported(one.type, "'output_text' and 'refusal'");
  });
}

const unsupported = (type: string, supported: string) =>
  invalid(`Invalid value: '${type}'. Supported values are: ${supported}.`, {
    code: 'invalid_value',
    param: 'input',
  });
