import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../../local/simulators/openai/simulator.ts';
import { virtualClock } from '../../../support/clock.ts';
import { refusalOf, running } from './running.ts';

const user = (content: string) => ({ role: 'user' as const, content });

const wordsOf = (items: { type: string }[]) =>
  items.map((item) => JSON.stringify(item).match(/"text":"([^"]*)"/)?.[1] ?? item.type);

describe('conversation', () => {
  it('gives the model what was said in earlier turns', async () => {
    const asked: ModelRequest[] = [];
    const { client } = await running({
      answer: (request) => {
        asked.push(request);
        return { kind: 'completed', text: `answer ${asked.length}` };
      },
    });
    const { id } = await client.conversations.create({ items: [user('before')] });

    for (const input of ['one', 'two']) {
      await client.responses.create({ model: 'gpt-4.1', conversation: id, input });
    }

    expect(asked[1]?.input).toEqual([{ role: 'user', text: 'two', imageCount: 0 }]);
    expect(asked[1]?.history).toEqual([
      { role: 'user', text: 'before' },
      { role: 'user', text: 'one' },
      { role: 'assistant', text: 'answer 1' },
    ]);
  });

  it('takes the items of a response in only when it is completed', async () => {
    const clock = virtualClock();
    const { client } = await running({ now: clock.now, runMs: () => 3000 });
    const { id } = await client.conversations.create();
    const body = { model: 'gpt-4.1', conversation: { id }, background: true };
    await client.responses.create({ ...body, input: 'hello' });

    const during = await client.conversations.items.list(id);
    clock.pass(3000);
    const after = await client.conversations.items.list(id, { order: 'asc' });

    expect(during.data).toEqual([]);
    expect(after.data).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text' }] },
    ]);
  });

  it('is locked while a response works on it, and free after its end or cancellation', async () => {
    const clock = virtualClock();
    const { client } = await running({ now: clock.now, runMs: () => 3000 });
    const { id } = await client.conversations.create();
    const turn = { model: 'gpt-4.1', conversation: id, input: 'hello', background: true };
    const first = await client.responses.create(turn);

    const refusal = await refusalOf(client.responses.create(turn));
    const refusedItems = await refusalOf(
      client.conversations.items.create(id, { items: [user('also')] }),
    );
    await client.responses.cancel(first.id);
    await client.responses.create(turn);
    clock.pass(3000);
    await client.responses.create(turn);

    expect(refusal).toMatchObject({
      status: 400,
      code: 'conversation_locked',
      type: 'invalid_request_error',
      message: expect.stringContaining('Another process is currently operating'),
    });
    expect(refusedItems.code).toBe('conversation_locked');
    const { data } = await client.conversations.items.list(id);
    expect(data).toHaveLength(2);
  });

  it('pages through its items, newest first unless asked otherwise', async () => {
    const { client } = await running();
    const items = Array.from({ length: 5 }, (_, n) => user(`item ${n}`));
    const { id } = await client.conversations.create({ items });

    const newest = await client.conversations.items.list(id, { limit: 2 });
    const all = [];
    for await (const item of client.conversations.items.list(id, { limit: 2, order: 'asc' })) {
      all.push(item);
    }

    expect(wordsOf(newest.data)).toEqual(['item 4', 'item 3']);
    expect(newest.has_more).toBe(true);
    expect(wordsOf(all)).toEqual(['item 0', 'item 1', 'item 2', 'item 3', 'item 4']);
  });

  it('adds, shows and deletes single items', async () => {
    const { client } = await running();
    const { id } = await client.conversations.create();

    const added = await client.conversations.items.create(id, { items: [user('a'), user('b')] });
    const params = { conversation_id: id };
    const shown = await client.conversations.items.retrieve(added.first_id, params);
    await client.conversations.items.delete(added.last_id, params);

    expect(wordsOf(added.data)).toEqual(['a', 'b']);
    expect(wordsOf([shown])).toEqual(['a']);
    const { data } = await client.conversations.items.list(id);
    expect(wordsOf(data)).toEqual(['a']);
  });

  it('has metadata, and is gone once deleted', async () => {
    const { client } = await running();
    const { id, metadata } = await client.conversations.create({ metadata: { tenant: 'acme' } });

    const updated = await client.conversations.update(id, { metadata: { tenant: 'bmce' } });
    const deleted = await client.conversations.delete(id);
    const refusal = await refusalOf(client.conversations.retrieve(id));

    expect(metadata).toEqual({ tenant: 'acme' });
    expect(updated.metadata).toEqual({ tenant: 'bmce' });
    expect(deleted).toEqual({ id, object: 'conversation.deleted', deleted: true });
    expect(refusal).toMatchObject({
      status: 404,
      type: 'invalid_request_error',
      message: `404 Conversation with id '${id}' not found.`,
    });
  });

  it('refuses more than 20 items at once', async () => {
    const { client } = await running();
    const items = Array.from({ length: 21 }, () => user('x'));
    const { id } = await client.conversations.create({ items: items.slice(1) });

    const seeding = await refusalOf(client.conversations.create({ items }));
    const adding = await refusalOf(client.conversations.items.create(id, { items }));

    const expected = { status: 400, code: 'array_above_max_length', param: 'items' };
    expect(seeding).toMatchObject(expected);
    expect(adding).toMatchObject(expected);
  });

  it('continues only when a function that the model called has its output', async () => {
    const { client } = await running();
    const { id } = await client.conversations.create();
    const turn = { model: 'gpt-4.1', conversation: id };
    const called = await client.responses.create({
      ...turn,
      input: '/sim call price {"of":"tea"}',
    });
    const [call] = called.output;

    const refusal = await refusalOf(client.responses.create({ ...turn, input: 'well?' }));
    const call_id = call?.type === 'function_call' ? call.call_id : '';
    const output = { type: 'function_call_output' as const, call_id, output: '3 euros' };
    const answer = await client.responses.create({ ...turn, input: [output] });

    expect(call).toMatchObject({ name: 'price', arguments: '{"of":"tea"}' });
    expect(refusal.message).toContain(`No tool output found for function call ${call_id}.`);
    expect(answer.output_text).toContain('3 euros');
  });
});
