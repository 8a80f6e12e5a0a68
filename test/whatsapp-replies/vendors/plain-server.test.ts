import { Hono } from 'hono';
import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { responsesAssistant } from '../../../lambdas/whatsapp-replies/vendors/responses-assistant.ts';
import type { SimulatorEnv } from '../../../local/simulators/faults.ts';
import { serveLocally } from '../../../local/simulators/server.ts';
import { asking, assistantAt } from '../../support/reply-openai.ts';

const html = { 'content-type': 'text/html' };

/** A server that knows plain responses and nothing else, as many self-hosted ones. */
async function aPlainServer(conversations?: () => Response) {
  const bodies: Record<string, unknown>[] = [];
  const app = new Hono<SimulatorEnv>().post('/v1/responses', async (c) => {
    bodies.push(await c.req.json());
    const content = [{ type: 'output_text', text: 'From a plain server.', annotations: [] }];
    const output = [{ id: 'msg_1', type: 'message', role: 'assistant', content }];
    return c.json({ id: 'resp_1', object: 'response', status: 'completed', output });
  });
  if (conversations) app.post('/v1/conversations', conversations);
  const server = await serveLocally(app);
  onTestFinished(() => server.close());
  return { bodies, assistant: assistantAt(server.url, 'responses') };
}

describe('server without conversations', () => {
  it('is sent our own history with every message', async () => {
    const { assistant, bodies } = await aPlainServer();
    const turn = asking(['Until when?', 'And on Sundays?']);
    const threadId = await assistant.openThread(turn, []);

    const view = await assistant.startRun(threadId, turn, {
      input: turn.inputs.map(({ text }) => ({ text, images: [] })),
      again: false,
      history: async () => [
        { role: 'user', content: 'Are you open?' },
        { role: 'assistant', content: 'Yes.' },
      ],
    });

    expect(view).toMatchObject({ kind: 'answered', text: 'From a plain server.' });
    const [body = {}] = bodies;
    expect(body['input']).toEqual([
      { role: 'user', content: 'Are you open?' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: [{ type: 'input_text', text: 'Until when?' }] },
      { role: 'user', content: [{ type: 'input_text', text: 'And on Sundays?' }] },
    ]);
    expect(body).not.toHaveProperty('conversation');
    expect(body).not.toHaveProperty('background');
    expect(body).toMatchObject({ model: 'gpt-5.6-luna', instructions: 'Be kind.', store: false });
  });

  it.each([
    ['no route', undefined],
    ['a page', () => new Response('<pre>Cannot POST</pre>', { status: 404, headers: html })],
    ['a success', () => Response.json({ error: 'Unexpected endpoint or method. (POST /v1/c)' })],
  ])('is known by its answer to a conversation: %s', async (_what, route) => {
    const { assistant } = await aPlainServer(route);
    const turn = asking('Hello!');

    const view = await assistant.startRun(await assistant.openThread(turn, []), turn, aStart);

    expect(view).toMatchObject({ kind: 'answered', text: 'From a plain server.' });
  });

  it('is not searched for lost runs, since it keeps none', async () => {
    const { assistant } = await aPlainServer();
    const turn = asking('Hello!');
    const threadId = await assistant.openThread(turn, []);

    const found = await assistant.findRun(threadId, turn);

    expect(found).toBeUndefined();
  });

  it('that is too slow has an error of its own, which says how long it may take', async () => {
    const assistant = assistantWithout('conversations', new Error('Request timed out.'));
    const turn = asking('Hello!');
    const threadId = await assistant.openThread(turn, []);

    const run = assistant.startRun(threadId, turn, aStart);

    await expect(run).rejects.toMatchObject({
      next: 'retry',
      code: 'answer_too_slow',
      message: expect.stringContaining(`${assistant.startMs(threadId) / 1000} s`),
    });
  });

  it('that is away is unreachable, not slow', async () => {
    const assistant = assistantWithout('conversations', new Error('ECONNREFUSED'));
    const turn = asking('Hello!');

    const run = assistant.startRun(await assistant.openThread(turn, []), turn, aStart);

    await expect(run).rejects.toMatchObject({ next: 'retry', code: 'openai_unreachable' });
  });
});

const aStart = { input: [{ text: 'Hello!', images: [] }], again: false, history: async () => [] };

/** An assistant whose server does not know that route, and whose other routes end like this. */
function assistantWithout(route: string, failure: Error) {
  const client = new OpenAI({
    apiKey: 'sk-test',
    fetch: async (url) => {
      if (String(url).endsWith(`/${route}`)) return new Response(null, { status: 404 });
      throw failure;
    },
  });
  const model = { adapter: 'responses', model: 'local', instructions: '' } as const;
  return responsesAssistant(async () => client, model);
}
