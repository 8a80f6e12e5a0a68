import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../../local/simulators/openai/simulator.ts';
import { clientOf, refusalOf, running } from './running.ts';

const model = 'gpt-5.6-luna';
const user = (content: string) => ({ role: 'user' as const, content });

describe('a chat completion', () => {
  it('is answered in the shape of the real one', async () => {
    const { client } = await running();
    const completion = await client.chat.completions.create({ model, messages: [user('hello')] });

    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      model,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', refusal: null } }],
    });
    expect(completion.choices[0]?.message.content).toContain('You wrote: “hello”');
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens } = completion.usage ?? {};
    expect(prompt_tokens).toBeGreaterThan(0);
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
  });

  it('tells the model its system messages as instructions, and the others as input', async () => {
    const asked: ModelRequest[] = [];
    const { client } = await running({
      answer(request) {
        asked.push(request);
        return { kind: 'completed', text: 'Yes' };
      },
    });
    const system = { role: 'system' as const, content: 'Be kind.' };
    await client.chat.completions.create({ model, messages: [system, user('One'), user('Two')] });

    expect(asked).toMatchObject([
      { model, instructions: 'Be kind.', input: [{ text: 'One' }, { text: 'Two' }], history: [] },
    ]);
  });

  it.each([
    ['/sim refuse', { finish_reason: 'stop', message: { content: null } }],
    ['/sim empty', { message: { content: '' } }],
    ['/sim incomplete', { finish_reason: 'length' }],
  ])('to "%s" ends as that', async (text, choice) => {
    const { client } = await running();
    const { choices } = await client.chat.completions.create({ model, messages: [user(text)] });

    expect(choices).toMatchObject([choice]);
  });

  it.each([
    ['/sim fail', 500],
    ['/sim fail rate_limit_exceeded', 429],
  ])('to "%s" fails with %i', async (text, status) => {
    const { client } = await running();
    const refusal = await refusalOf(
      client.chat.completions.create({ model, messages: [user(text)] }),
    );

    expect(refusal.status).toBe(status);
  });

  it('is cut at the most tokens that were asked for', async () => {
    const { client } = await running();
    const { choices } = await client.chat.completions.create({
      model,
      messages: [user('/sim long 5000')],
      max_completion_tokens: 20,
    });

    expect(choices[0]?.finish_reason).toBe('length');
    expect(choices[0]?.message.content?.length).toBe(80);
  });

  it('fits the schema that it is given, and one that is loose is refused', async () => {
    const { client } = await running();
    const schema = {
      type: 'object',
      properties: { kind: { type: 'string', enum: ['a', 'b'] } },
      required: ['kind'],
      additionalProperties: false,
    };
    const ask = (given: Record<string, unknown>) =>
      client.chat.completions.create({
        model,
        messages: [user('Hi')],
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'kind', strict: true, schema: given },
        },
      });

    const { choices } = await ask(schema);
    const refusal = await refusalOf(ask({ ...schema, required: [] }));

    expect(['a', 'b']).toContain(
      (JSON.parse(choices[0]?.message.content ?? '') as { kind: string }).kind,
    );
    expect(refusal).toMatchObject({ status: 400, code: 'invalid_json_schema' });
  });

  it.each([{ messages: [user('Hi')] }, { model, messages: [] }, { model }])(
    'of %j is refused',
    async (body) => {
      const { client } = await running();

      expect((await refusalOf(client.chat.completions.create(body as never))).status).toBe(400);
    },
  );

  it('needs the key', async () => {
    const { simulator } = await running({ apiKey: 'sk-right' });
    const client = clientOf(simulator, 'sk-wrong');
    const call = client.chat.completions.create({ model, messages: [user('Hi')] });

    expect((await refusalOf(call)).status).toBe(401);
  });

  it('that hangs holds up neither its caller nor the end of the simulator', async () => {
    const { client } = await running();
    const call = client.chat.completions.create(
      { model, messages: [user('/sim hang')] },
      { timeout: 100 },
    );

    await expect(call).rejects.toThrow('timed out');
  });
});
