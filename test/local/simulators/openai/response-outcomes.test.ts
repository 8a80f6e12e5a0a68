import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../support/clock.ts';
import { refusalOf, running } from './running.ts';

const model = 'gpt-4.1';

describe('outcome', () => {
  const ask = async (input: string) => {
    const { client } = await running();
    return client.responses.create({ model, input });
  };

  it.each([
    ['/sim refuse', { status: 'completed', output: [{ content: [{ type: 'refusal' }] }] }],
    ['/sim empty', { status: 'completed', output: [], output_text: '' }],
    ['/sim fail', { status: 'failed', error: { code: 'server_error' }, output: [] }],
    ['/sim fail invalid_prompt', { status: 'failed', error: { code: 'invalid_prompt' } }],
    ['/sim cancel', { status: 'cancelled', output: [] }],
    ['/sim call f {"a": 1}', { output: [{ type: 'function_call', arguments: '{"a": 1}' }] }],
    [
      '/sim incomplete',
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    ],
    [
      '/sim incomplete content_filter',
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    ],
  ])('of %s is as asked', async (input, expected) => {
    const response = await ask(input);

    expect(response).toMatchObject(expected);
  });

  it('can be a long or a marked up text', async () => {
    const long = await ask('/sim long 5000');
    const markdown = await ask('/sim markdown');
    const help = await ask('/sim what');

    expect(long.output_text).toHaveLength(5000);
    expect(markdown.output_text).toMatch(/^# .*\*\*open\*\*/s);
    expect(help.output_text).toContain('/sim fail');
  });

  it('can be slow', async () => {
    const clock = virtualClock();
    const { client } = await running({ now: clock.now });
    const body = { model, input: '/sim slow 20', background: true };
    const { id } = await client.responses.create(body);

    clock.pass(19_999);
    const before = await client.responses.retrieve(id);
    clock.pass(1);
    const after = await client.responses.retrieve(id);

    expect([before.status, after.status]).toEqual(['in_progress', 'completed']);
  });

  it('ends where the output tokens end', async () => {
    const { client } = await running();

    const body = { model, input: '/sim long 5000', max_output_tokens: 100 };
    const response = await client.responses.create(body);

    expect(response.incomplete_details).toEqual({ reason: 'max_output_tokens' });
    expect(response.output_text).toHaveLength(400);
  });

  it('is a refusal where there is more to read than the model takes', async () => {
    const { client } = await running({ contextTokens: 10 });
    const { id: conversation } = await client.conversations.create({
      items: [{ role: 'user', content: 'x'.repeat(30) }],
    });
    const ask = (chars: number) =>
      client.responses.create({ model, conversation, input: 'x'.repeat(chars) });

    expect(await refusalOf(ask(9))).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      type: 'invalid_request_error',
    });
    expect(await ask(8)).toMatchObject({ status: 'completed' });
  });

  it('is, without a wish, an answer that says what the model knows and what it is', async () => {
    const { client } = await running();
    const image_url = 'data:image/png;base64,iVBORw0KGgo=';

    const response = await client.responses.create({
      model,
      input: [
        { role: 'assistant', content: 'Good day!' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is this?' },
            { type: 'input_image', image_url, detail: 'auto' },
          ],
        },
      ],
    });

    expect(response.output_text).toContain('What is this?');
    expect(response.output_text).toContain('1 earlier message of this conversation');
    expect(response.output_text).toContain('I see 1 image');
    expect(response.output_text).toContain('OPENAI_API_KEY');
  });
});
