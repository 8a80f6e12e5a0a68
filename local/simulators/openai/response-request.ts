import type OpenAI from 'openai';
import * as z from 'zod';
import { inputItem } from './input-items.ts';
import { metadata } from './parse.ts';

const ignored = z.unknown().optional();

/** The body of `responses.create`. An unknown parameter is refused, as by the real API. */
export const responseRequest = z.strictObject({
  model: z.string().min(1),
  input: z.preprocess(
    (value) => (typeof value === 'string' ? [{ role: 'user', content: value }] : value),
    z.array(inputItem),
  ),
  instructions: z.string().nullish(),
  conversation: z.preprocess(
    (value) => (typeof value === 'string' ? { id: value } : value),
    z.object({ id: z.string() }).nullish(),
  ),
  previous_response_id: z.string().nullish(),
  background: z.boolean().nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  metadata: metadata.nullish(),
  max_output_tokens: z.number().int().min(16).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  tools: z.array(z.custom<OpenAI.Responses.Tool>()).nullish(),
  access_programs: ignored,
  context_management: ignored,
  image: ignored,
  include: ignored,
  max_tool_calls: ignored,
  moderation: ignored,
  parallel_tool_calls: ignored,
  prompt: ignored,
  prompt_cache_key: ignored,
  prompt_cache_options: ignored,
  prompt_cache_retention: ignored,
  reasoning: ignored,
  safety_identifier: ignored,
  service_tier: ignored,
  stream_options: ignored,
  text: z
    .object({
      format: z
        .object({
          type: z.string(),
          name: z.string().optional(),
          schema: z.record(z.string(), z.unknown()).optional(),
          strict: z.boolean().nullish(),
        })
        .optional(),
    })
    .nullish(),
  tool_choice: ignored,
  top_logprobs: ignored,
  truncation: ignored,
  user: ignored,
});

export type ResponseRequest = z.infer<typeof responseRequest>;
