import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import * as z from 'zod';
import type { SimulatorEnv } from '../faults.ts';
import { ApiError } from './errors.ts';
import { newId } from './ids.ts';
import { think, tokensIn, tokensOf, type World } from './model.ts';
import { parse, readJson } from './parse.ts';
import { seconds } from './schedule.ts';
import { refuseLooseSchema } from './structured.ts';

const completionRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  max_completion_tokens: z.number().int().min(1).nullish(),
  response_format: z
    .object({
      type: z.string(),
      json_schema: z
        .object({ name: z.string(), schema: z.record(z.string(), z.unknown()) })
        .optional(),
    })
    .nullish(),
});

/** `/chat/completions`, for servers without `/responses`; text in, text out. */
export function chatRoutes(world: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.post('/chat/completions', world.requestLog('chat.completions.create'), async (c) => {
    const request = parse(completionRequest, await readJson(c.req));
    const format = request.response_format?.json_schema;
    if (format) refuseLooseSchema(format.schema, format.name);
    const system = request.messages.filter(({ role }) => role === 'system');
    const input = request.messages
      .filter(({ role }) => role !== 'system')
      .map(({ role, content }) => ({ role, text: content, imageCount: 0 }));
    const { outcome, times } = think(
      world,
      {
        model: request.model,
        instructions: system.map(({ content }) => content).join('\n'),
        input,
        history: [],
        ...(format && { schema: format.schema }),
      },
      request.max_completion_tokens,
    );
    const takesMs = (times.finish_ms ?? Number.POSITIVE_INFINITY) - times.created_ms;
    const signal = AbortSignal.any([c.req.raw.signal, world.closing]);
    await sleep(Math.min(takesMs, maxWaitMs), undefined, { signal }).catch(() => undefined);
    if (outcome.kind === 'failed') {
      throw new ApiError(outcome.code === 'rate_limit_exceeded' ? 429 : 500, outcome.message, {
        code: outcome.code,
      });
    }
    const text = 'text' in outcome ? outcome.text : '';
    const usage = { prompt_tokens: tokensOf(input), completion_tokens: tokensIn(text) };
    return c.json({
      id: newId('chatcmpl-'),
      object: 'chat.completion',
      created: seconds(times.created_ms),
      model: request.model,
      choices: [
        {
          index: 0,
          finish_reason: outcome.kind === 'incomplete' ? 'length' : 'stop',
          logprobs: null,
          message: {
            role: 'assistant',
            content: outcome.kind === 'refusal' ? null : text,
            refusal: outcome.kind === 'refusal' ? text : null,
          },
        },
      ],
      usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens },
    });
  });
  return app;
}

const maxWaitMs = 600_000;
