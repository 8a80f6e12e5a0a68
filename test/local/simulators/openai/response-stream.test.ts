import type OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses.js';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../support/clock.ts';
import { refusalOf, running } from './running.ts';

const model = 'gpt-4.1';

async function allOf(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const ask = async (client: OpenAI, input: string, more: object = {}) =>
  allOf(await client.responses.create({ model, input, stream: true, ...more }));

const typesOf = (events: ResponseStreamEvent[]): string[] =>
  events.map(({ type }) => type).filter((type, n, all) => type !== all[n - 1]);

const textOf = (events: ResponseStreamEvent[]): string =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');

describe('streamed response', () => {
  it('tells each step of its answer, numbered from 0, in the order of the real API', async () => {
    const { client } = await running();

    const events = await ask(client, 'hello');

    expect(typesOf(events)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map((event) => 'sequence_number' in event && event.sequence_number)).toEqual(
      events.map((_, n) => n),
    );
  });

  it('is written in pieces that make the whole text of the answer', async () => {
    const { client } = await running();

    const events = await ask(client, '/sim long 800');
    const last = events.at(-1);

    const whole = last?.type === 'response.completed' ? last.response.output[0] : undefined;
    expect(whole).toMatchObject({ content: [{ text: textOf(events) }] });
    expect(textOf(events)).toHaveLength(800);
    expect(events.length).toBeGreaterThan(100);
  });

  it('is what the helper of the stock client accumulates', async () => {
    const { client } = await running();

    const helper = client.responses.stream({ model, input: '/sim think' });
    const response = await helper.finalResponse();

    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'message']);
    expect(response.output).toMatchObject([
      { summary: [{ text: 'They write to me, so I answer.' }] },
      { phase: 'commentary', content: [{ text: 'Let me look that up.' }] },
      { phase: 'final_answer' },
    ]);
  });

  it.each([
    ['/sim fail', 'response.failed', { response: { error: { code: 'server_error' } } }],
    ['/sim break rate_limit_exceeded', 'response.failed', { response: { status: 'failed' } }],
    ['/sim incomplete', 'response.incomplete', { response: { status: 'incomplete' } }],
    ['/sim call f {"a": 1}', 'response.completed', { response: { status: 'completed' } }],
    ['/sim refuse', 'response.completed', { response: { status: 'completed' } }],
    ['/sim empty', 'response.completed', { response: { output: [] } }],
  ])('of %s ends with %s', async (input, type, more) => {
    const { client } = await running();

    const events = await ask(client, input);

    expect(events.at(-1)).toMatchObject({ type, ...more });
  });

  it('of a call tells its arguments, of a refusal its words', async () => {
    const { client } = await running();

    const call = await ask(client, '/sim call look_up {"a": 1}');
    const refusal = await ask(client, '/sim refuse');

    expect(call).toContainEqual(
      expect.objectContaining({
        type: 'response.function_call_arguments.done',
        arguments: '{"a": 1}',
      }),
    );
    expect(refusal).toContainEqual(expect.objectContaining({ type: 'response.refusal.done' }));
    expect(textOf([...call, ...refusal])).toBe('');
  });

  it('is spread over the time that the answer takes', async () => {
    const clock = virtualClock();
    const { client } = await running({ now: clock.now, runMs: () => 3000 });
    const stream = await client.responses.create({
      model,
      input: 'hello',
      stream: true,
      background: true,
    });
    const id = stream[Symbol.asyncIterator]();
    const read = async () => (await id.next()).value as ResponseStreamEvent;

    const begin = [await read(), await read()];
    clock.pass(400);
    const firsts = [await read(), await read(), await read(), await read()];
    stream.controller.abort();

    expect(typesOf([...begin, ...firsts])).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
    ]);
  });
});

describe('background stream', () => {
  const begun = async (input: string) => {
    const { client, simulator } = await running();
    const events = await ask(client, input, { background: true });
    const [first] = events;
    if (first?.type !== 'response.created') throw new Error('Expected it to be created first.');
    return { client, simulator, events, id: first.response.id };
  };

  it('goes on behind any event, with the same events', async () => {
    const { client, events, id } = await begun('hello');

    for (const starting_after of [0, 5, events.length - 2]) {
      const rest = await client.responses.retrieve(id, { stream: true, starting_after });
      expect(await allOf(rest)).toEqual(events.slice(starting_after + 1));
    }
    expect(await allOf(await client.responses.retrieve(id, { stream: true }))).toEqual(events);
  });

  it('continues though its reader has hung up, while another response is cancelled', async () => {
    const { client } = await running({ runMs: () => 400 });
    const leave = async (background: boolean) => {
      const body = { model, input: 'hello', stream: true, background } as const;
      for await (const event of await client.responses.create(body)) {
        if (event.type === 'response.created') return event.response.id;
      }
      throw new Error('Expected an event.');
    };

    const [kept, left] = [await leave(true), await leave(false)];

    const statusOf = (id: string) => async () => (await client.responses.retrieve(id)).status;
    await expect.poll(statusOf(kept), { timeout: 5000 }).toBe('completed');
    await expect.poll(statusOf(left), { timeout: 5000 }).toBe('cancelled');
  });

  it('ends without a last event where it is cancelled', async () => {
    const { client } = await running();
    const body = { model, input: '/sim stall', stream: true, background: true } as const;
    const events: ResponseStreamEvent[] = [];
    for await (const event of await client.responses.create(body)) {
      events.push(event);
      if (event.type === 'response.output_text.done') {
        const [created] = events;
        if (created?.type === 'response.created')
          await client.responses.cancel(created.response.id);
      }
    }

    expect(textOf(events)).toBe('This answer ends in the middle of a');
    expect(events.at(-1)?.type).not.toMatch(/completed|failed|incomplete/);
  });

  it('is refused of a response that was not created so', async () => {
    const { client } = await running();
    const { id } = await client.responses.create({ model, input: 'hello', background: true });

    expect(await refusalOf(client.responses.retrieve(id, { stream: true }))).toMatchObject({
      status: 400,
      param: 'stream',
    });
  });

  it('is cut in the middle where that is asked for, and takes effect', async () => {
    const { client, simulator } = await running();
    const effect = { kind: 'lose', afterBytes: 3000 } as const;
    simulator.faults.add({ operation: 'responses.create', effect });
    const events: ResponseStreamEvent[] = [];
    const body = { model, input: 'hello', stream: true, background: true } as const;
    const cut = async () => {
      for await (const event of await client.responses.create(body)) events.push(event);
    };

    await expect(cut()).rejects.toThrow();

    const [first] = events;
    const id = first?.type === 'response.created' ? first.response.id : '';
    expect(events.length).toBeGreaterThan(3);
    expect(await client.responses.retrieve(id)).toMatchObject({ status: 'completed' });
  });
});
