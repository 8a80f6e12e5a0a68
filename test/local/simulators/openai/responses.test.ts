import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../../local/simulators/openai/simulator.ts';
import { virtualClock } from '../../../support/clock.ts';
import { refusalOf, running } from './running.ts';

const model = 'gpt-4.1';

describe('background response', () => {
  it('is queued, in progress and then completed, as time passes', async () => {
    const clock = virtualClock();
    const { client } = await running({ now: clock.now, runMs: () => 3000 });

    const created = await client.responses.create({ model, input: 'hello', background: true });
    clock.pass(250);
    const working = await client.responses.retrieve(created.id);
    clock.pass(2750);
    const completed = await client.responses.retrieve(created.id);

    expect(created).toMatchObject({ status: 'queued', background: true, output: [], usage: null });
    expect(working.status).toBe('in_progress');
    expect(completed).toMatchObject({ status: 'completed', completed_at: clock.now() / 1000 });
    expect(completed.output_text).toContain('You wrote: “hello”');
  });

  it('stays cancelled, while one that is over stays what it is', async () => {
    const clock = virtualClock();
    const { client } = await running({ now: clock.now, runMs: () => 3000 });
    const body = { model, input: 'hello', background: true };
    const [first, second] = [
      await client.responses.create(body),
      await client.responses.create(body),
    ];

    const cancelled = await client.responses.cancel(first.id);
    clock.pass(3000);
    const still = await client.responses.retrieve(first.id);
    const completed = await client.responses.cancel(second.id);

    expect(cancelled).toMatchObject({ status: 'cancelled', output: [] });
    expect(still.status).toBe('cancelled');
    expect(completed.status).toBe('completed');
  });

  it('hangs until it is cancelled, when told to', async () => {
    const clock = virtualClock();
    const { client } = await running({ now: clock.now });
    const body = { model, input: 'Please\n/sim hang', background: true };
    const { id } = await client.responses.create(body);

    clock.pass(24 * 3_600_000);
    const hanging = await client.responses.retrieve(id);
    const cancelled = await client.responses.cancel(id);

    expect(hanging.status).toBe('in_progress');
    expect(cancelled.status).toBe('cancelled');
  });

  it('is forgotten ten minutes after its end when it was not to be stored', async () => {
    const clock = virtualClock();
    const { client } = await running({ now: clock.now });
    const body = { model, input: 'hello', background: true, store: false };
    const { id } = await client.responses.create(body);

    clock.pass(10 * 60_000);
    const kept = await client.responses.retrieve(id);
    clock.pass(1);
    const refusal = await refusalOf(client.responses.retrieve(id));

    expect(kept.status).toBe('completed');
    expect(refusal).toMatchObject({ status: 404, message: expect.stringContaining(id) });
  });
});

describe('response', () => {
  it('follows an earlier one, and all before that', async () => {
    const asked: ModelRequest[] = [];
    const { client } = await running({
      answer: (request) => {
        asked.push(request);
        return { kind: 'completed', text: `answer ${asked.length}` };
      },
    });

    let previous_response_id: string | null = null;
    for (const input of ['one', 'two', 'three']) {
      const response: { id: string } = await client.responses.create({
        model,
        input,
        previous_response_id,
      });
      previous_response_id = response.id;
    }

    const history = asked[2]?.history.map((said) => said.text);
    expect(history).toEqual(['one', 'answer 1', 'two', 'answer 2']);
  });

  it('counts its tokens, cached and reasoning ones apart', async () => {
    const { client } = await running();
    const { id } = await client.responses.create({ model: 'gpt-5', input: '/sim long 8000' });

    const body = { model: 'gpt-5', input: 'short', previous_response_id: id };
    const { usage, output } = await client.responses.create(body);

    expect(output.map((item) => item.type)).toEqual(['reasoning', 'message']);
    expect(usage?.input_tokens).toBe(2006);
    expect(usage?.input_tokens_details.cached_tokens).toBe(1920);
    expect(usage?.output_tokens_details.reasoning_tokens).toBe(64);
    expect(usage?.total_tokens).toBe(2006 + (usage?.output_tokens ?? 0));
  });

  it('shows its input items, and is gone once deleted', async () => {
    const { client } = await running();
    const { id } = await client.responses.create({ model, input: 'hello' });

    const items = await client.responses.inputItems.list(id);
    await client.responses.delete(id);
    const refusal = await refusalOf(client.responses.retrieve(id));

    expect(items.data).toMatchObject([{ role: 'user', content: [{ text: 'hello' }] }]);
    expect(refusal.status).toBe(404);
  });

  it('cannot be cancelled by a call unless it is in the background', async () => {
    const { client } = await running();
    const { id } = await client.responses.create({ model, input: 'hello' });

    const refusal = await refusalOf(client.responses.cancel(id));

    expect(refusal).toMatchObject({
      status: 400,
      message: '400 Cannot cancel a synchronous response.',
    });
  });

  it('is cancelled when the client that waits for it hangs up', async () => {
    const { client } = await running();
    const { id } = await client.conversations.create();
    const turn = { model, conversation: id };
    const waiting = client.responses.create({ ...turn, input: '/sim hang' }, { timeout: 100 });
    await expect(waiting).rejects.toThrow('Request timed out.');

    const next = () =>
      client.responses.create({ ...turn, input: 'still there?' }).then(
        (response) => response.output_text,
        (error: { code: string }) => error.code,
      );

    await expect.poll(next).toContain('no earlier messages');
  });

  it('refuses what the real API refuses', async () => {
    const { client } = await running();
    const { id } = await client.conversations.create();
    const pairs = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [i, 'x']));
    const refuse = (body: object) =>
      refusalOf(client.responses.create({ model, input: 'hello', ...body }));

    expect(await refuse({ conversation: id, previous_response_id: 'resp_1' })).toMatchObject({
      status: 400,
      code: 'mutually_exclusive_parameters',
    });
    expect(await refuse({ conversation: 'conv_x' })).toMatchObject({
      status: 404,
      message: "404 Conversation with id 'conv_x' not found.",
    });
    expect((await refuse({ previous_response_id: 'resp_x' })).code).toBe(
      'previous_response_not_found',
    );
    expect((await refuse({ metadata: pairs(17) })).code).toBe('object_above_max_properties');
    expect((await refuse({ metadata: { k: 'v'.repeat(513) } })).code).toBe(
      'string_above_max_length',
    );
    expect((await refuse({ metadata: { ['k'.repeat(65)]: 'v' } })).code).toBe(
      'string_above_max_length',
    );
    expect(await refuse({ model: undefined })).toMatchObject({
      code: 'missing_required_parameter',
      param: 'model',
    });
    expect((await refuse({ colour: 'red' })).message).toContain("Unknown parameter: 'colour'.");
    expect((await refuse({ max_output_tokens: 15 })).param).toBe('max_output_tokens');
  });

  it('is refused with the place in the input that is wrong', async () => {
    const { client } = await running();
    const content = [{ type: 'input_image' as const, detail: 'auto' as const, file_id: 'file-x' }];

    const unknownFile = await refusalOf(
      client.responses.create({ model, input: [{ role: 'user', content }] }),
    );
    const wrongPart = await refusalOf(
      client.responses.create({
        model,
        input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-x' }] }],
      }),
    );

    expect(unknownFile).toMatchObject({ status: 404, message: '404 No such File object: file-x' });
    expect(wrongPart).toMatchObject({ status: 400, param: 'input[0].content[0].type' });
  });
});
