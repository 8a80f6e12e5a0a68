import { Hono } from 'hono';
import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { responsesAssistant } from '../../../lambdas/whatsapp-replies/adapters/responses-assistant.ts';
import type { SimulatorEnv } from '../../../local/simulators/faults.ts';
import { serveLocally } from '../../../local/simulators/server.ts';
import { assistantContract } from '../../support/reply-assistant-contract.ts';
import { assistantDoubts } from '../../support/reply-assistant-doubts.ts';
import { anInbound, aTurn } from '../../support/reply-builders.ts';
import { anAssistant, asking, assistantAt, runTakesMs } from '../../support/reply-openai.ts';

const html = { 'content-type': 'text/html' };
const image = { contentType: 'image/png', bytes: Uint8Array.of(1, 2, 3) };

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

describe('responses assistant', () => {
  assistantContract('responses');
  assistantDoubts('responses');

  it("runs in the background with the company's model and instructions, and our ids", async () => {
    const { ask, bodiesOf } = await anAssistant('responses');

    const { threadId } = await ask('Hello!');

    expect(bodiesOf('responses.create')).toEqual([
      {
        model: 'gpt-5.6-luna',
        instructions: 'Be kind.',
        metadata: { company_id: 'acme', conversation_id: 'conv-1', turn_id: 'SM1' },
        input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hello!' }] }],
        conversation: threadId,
        background: true,
        store: true,
      },
    ]);
  });

  it('hands pictures over as data, so that OpenAI fetches nothing of ours', async () => {
    const { assistant, bodiesOf } = await anAssistant('responses');
    const turn = asking('');
    const threadId = await assistant.openThread(turn, []);

    const input = [{ text: '', images: [image] }];
    await assistant.startRun(threadId, turn, { input, again: false, history: async () => [] });

    const picture = {
      type: 'input_image',
      detail: 'auto',
      image_url: 'data:image/png;base64,AQID',
    };
    expect(bodiesOf('responses.create')).toMatchObject([
      { input: [{ role: 'user', content: [picture] }] },
    ]);
  });

  it.each([
    ['with', ['[Could not be read: documents]']],
    ['before', []],
  ])('is found after a doubt %s the remark on what cannot be read', async (_when, remark) => {
    const { assistant, clock, faults } = await anAssistant('responses');
    const turn = aTurn({ inputs: [anInbound({ text: 'Right?', unreadable: ['documents'] })] });
    const threadId = await assistant.openThread(turn, []);
    faults.add({ operation: 'responses.create', effect: { kind: 'lose' } });
    const input = [{ text: ['Right?', ...remark].join('\n'), images: [] }];
    const again = { again: false, history: async () => [] };
    await assistant.startRun(threadId, turn, { input, ...again }).catch(() => undefined);
    clock.pass(runTakesMs);

    const found = await assistant.findRun(threadId, turn);

    expect(found).toMatchObject({ kind: 'answered' });
  });

  it('tells where its answer ends, so that the next search begins behind it', async () => {
    const { ask } = await anAssistant('responses');

    const { view } = await ask('Hello!');

    expect(view).toHaveProperty('lastItemId', expect.stringMatching(/^msg_/));
  });

  it('does not find a lost run that still works: its thread is busy instead', async () => {
    const { assistant, faults, start } = await anAssistant('responses');
    const turn = asking('Hello!');
    const threadId = await assistant.openThread(turn, []);
    faults.add({ operation: 'responses.create', effect: { kind: 'lose' } });
    await expect(start(threadId, turn)).rejects.toMatchObject({ next: 'retry' });

    const found = await assistant.findRun(threadId, turn);
    const again = await start(threadId, turn, { again: true });

    expect([found, again]).toEqual([undefined, { kind: 'busy' }]);
  });

  it('takes a response that has no id for a lost answer', async () => {
    const { assistant, faults, start } = await anAssistant('responses');
    const turn = asking('Hello!');
    const threadId = await assistant.openThread(turn, []);
    faults.add({
      operation: 'responses.create',
      effect: { kind: 'respond', status: 200, body: {} },
    });

    const failure = start(threadId, turn);

    await expect(failure).rejects.toMatchObject({ next: 'retry', code: 'openai_unreadable' });
  });

  it('finds the end of a lost run that gave no words', async () => {
    const { assistant, clock, faults, start } = await anAssistant('responses');
    const turn = asking('/sim refuse');
    const threadId = await assistant.openThread(turn, []);
    faults.add({ operation: 'responses.create', effect: { kind: 'lose' } });
    await expect(start(threadId, turn)).rejects.toMatchObject({ next: 'retry' });
    clock.pass(runTakesMs);

    const found = await assistant.findRun(threadId, turn);

    expect(found).toMatchObject({ kind: 'unanswered', reason: 'refusal' });
  });

  it('has no answer where the filter stopped the model in mid-sentence', async () => {
    const { ask } = await anAssistant('responses');

    const { view } = await ask('/sim incomplete content_filter');

    expect(view).toMatchObject({ kind: 'unanswered', reason: 'content_filter' });
  });

  it('says of a picture that OpenAI cannot read that the picture is refused', async () => {
    const { assistant, faults, start } = await anAssistant('responses');
    const threadId = await assistant.openThread(asking('Hello!'), []);
    const body = { error: { code: 'invalid_image_format', message: 'Not a picture.' } };
    faults.add({ operation: 'responses.create', effect: { kind: 'respond', status: 400, body } });

    const view = await start(threadId, asking('Hello!'));

    expect(view).toMatchObject({ kind: 'unanswered', refused: 'picture' });
  });

  it('calls a person when the model does not exist', async () => {
    const { assistant, faults, start } = await anAssistant('responses');
    const threadId = await assistant.openThread(asking('Hello!'), []);
    const body = { error: { code: 'model_not_found', message: 'No such model.' } };
    faults.add({ operation: 'responses.create', effect: { kind: 'respond', status: 404, body } });

    const run = start(threadId, asking('Hello!'));

    await expect(run).rejects.toMatchObject({ next: 'alert' });
  });
});

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
