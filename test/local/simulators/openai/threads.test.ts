import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../../local/simulators/openai/simulator.ts';
import { virtualClock } from '../../../support/clock.ts';
import { refusalOf, running } from './running.ts';

const assistant_id = 'asst_support';
const user = (content: string) => ({ role: 'user' as const, content });

/** A thread that holds one message, with a run on it, on a clock that stands still. */
async function aRun(content: string, runMs = 3000) {
  const clock = virtualClock();
  const { client } = await running({ now: clock.now, runMs: () => runMs });
  const { threads } = client.beta;
  const thread = await threads.create({ messages: [user(content)] });
  const created = await threads.runs.create(thread.id, { assistant_id });
  const params = { thread_id: thread.id };
  const read = () => threads.runs.retrieve(created.id, params);
  return { clock, threads, thread, created, params, read };
}

describe('thread', () => {
  it('keeps its messages, newest first unless asked otherwise', async () => {
    const { client } = await running();
    const { threads } = client.beta;
    const { id } = await threads.create({ metadata: { customer: 'c1' } });
    const first = await threads.messages.create(id, { ...user('one'), metadata: { mail: 'm1' } });
    await threads.messages.create(id, user('two'));
    await threads.messages.create(id, user('three'));

    const newest = await threads.messages.list(id, { limit: 1 });
    const later = await threads.messages.list(id, { order: 'asc', after: first.id });

    expect((await threads.retrieve(id)).metadata).toEqual({ customer: 'c1' });
    expect(first.metadata).toEqual({ mail: 'm1' });
    expect(newest.data).toMatchObject([{ content: [{ text: { value: 'three' } }] }]);
    expect(newest.hasNextPage()).toBe(true);
    expect(later.data).toMatchObject([
      { content: [{ text: { value: 'two' } }] },
      { content: [{ text: { value: 'three' } }] },
    ]);
  });

  it('takes neither messages nor runs while a run works on it', async () => {
    const { threads, thread, created } = await aRun('hello');

    const message = await refusalOf(threads.messages.create(thread.id, user('more')));
    const run = await refusalOf(threads.runs.create(thread.id, { assistant_id }));

    expect(message).toMatchObject({
      status: 400,
      message: `400 Can't add messages to ${thread.id} while a run ${created.id} is active.`,
    });
    expect(run).toMatchObject({
      status: 400,
      message: `400 Thread ${thread.id} already has an active run ${created.id}.`,
    });
  });

  it('gives the model what was said since its last answer, and what was said before', async () => {
    const asked: ModelRequest[] = [];
    const { client } = await running({
      answer: (request) => {
        asked.push(request);
        return { kind: 'completed', text: 'answered' };
      },
    });
    const { threads } = client.beta;
    const { id } = await threads.create({ messages: [user('one')] });
    await threads.runs.create(id, { assistant_id });
    await threads.messages.create(id, user('two'));
    const additional_messages = [user('three')];

    const instructions = { instructions: 'Be brief.', additional_instructions: 'Be kind.' };
    await threads.runs.create(id, { assistant_id, additional_messages, ...instructions });

    expect(asked[1]).toEqual({
      model: 'gpt-4.1-mini',
      instructions: 'Be brief.\nBe kind.',
      input: [
        { role: 'user', text: 'two', imageCount: 0 },
        { role: 'user', text: 'three', imageCount: 0 },
      ],
      history: [
        { role: 'user', text: 'one' },
        { role: 'assistant', text: 'answered' },
      ],
    });
  });

  it('answers 404 for what does not exist', async () => {
    const { client } = await running();
    const { threads, assistants } = client.beta;
    const { id } = await threads.create();

    const thread = await refusalOf(threads.retrieve('thread_x'));
    const run = await refusalOf(threads.runs.retrieve('run_x', { thread_id: id }));
    const assistant = await refusalOf(threads.runs.create(id, { assistant_id: 'nobody' }));

    expect(thread.message).toBe("404 No thread found with id 'thread_x'.");
    expect(run.message).toBe("404 No run found with id 'run_x'.");
    expect(assistant.message).toBe("404 No assistant found with id 'nobody'.");
    expect((await assistants.retrieve(assistant_id)).id).toBe(assistant_id);
  });
});

describe('run', () => {
  it('is queued, in progress and completed, and then its answer is in the thread', async () => {
    const { clock, threads, thread, created, read } = await aRun('hello');
    clock.pass(250);
    const working = await read();
    const during = await threads.messages.list(thread.id, { run_id: created.id });
    clock.pass(2750);

    const completed = await read();
    const answers = await threads.messages.list(thread.id, { run_id: created.id });

    expect([created.status, working.status]).toEqual(['queued', 'in_progress']);
    expect(during.data).toEqual([]);
    expect(completed).toMatchObject({ status: 'completed', completed_at: clock.now() / 1000 });
    expect(completed.usage?.completion_tokens).toBeGreaterThan(0);
    expect(answers.data).toMatchObject([
      { role: 'assistant', assistant_id, run_id: created.id, content: [{ type: 'text' }] },
    ]);
  });

  it.each([
    ['/sim fail', { status: 'failed', last_error: { code: 'server_error' } }, []],
    ['/sim cancel', { status: 'cancelled' }, []],
    ['/sim empty', { status: 'completed' }, []],
    ['/sim refuse', { status: 'completed' }, [{ content: [{ type: 'refusal' }] }]],
    [
      '/sim incomplete',
      { status: 'incomplete', incomplete_details: { reason: 'max_completion_tokens' } },
      [{ status: 'incomplete', incomplete_details: { reason: 'max_tokens' } }],
    ],
  ])('ends as %s asks', async (text, expected, messages) => {
    const { threads, thread, created, read } = await aRun(text, 0);

    const run = await read();
    const answers = await threads.messages.list(thread.id, { run_id: created.id });

    expect(run).toMatchObject(expected);
    expect(answers.data).toMatchObject(messages);
    expect(answers.data).toHaveLength(messages.length);
  });

  it('is cancelling before it is cancelled, and cannot be cancelled twice', async () => {
    const { clock, threads, thread, created, params, read } = await aRun('hello');

    const cancelling = await threads.runs.cancel(created.id, params);
    clock.pass(100);
    const cancelled = await read();
    const refusal = await refusalOf(threads.runs.cancel(created.id, params));
    await threads.messages.create(thread.id, user('free again'));

    expect(cancelling.status).toBe('cancelling');
    expect(cancelled).toMatchObject({ status: 'cancelled', cancelled_at: expect.any(Number) });
    expect(refusal.message).toBe("400 Cannot cancel run with status 'cancelled'.");
  });

  it('expires after ten minutes without an end', async () => {
    const { clock, read } = await aRun('/sim hang');
    clock.pass(10 * 60_000 - 1);
    const hanging = await read();

    clock.pass(1);
    const expired = await read();

    expect(hanging.status).toBe('in_progress');
    expect(expired.status).toBe('expired');
  });

  it('waits for the outputs of a tool and continues with them', async () => {
    const { clock, threads, thread, created, params, read } = await aRun('/sim call price {}');
    clock.pass(3000);
    const waiting = await read();
    const [call] = waiting.required_action?.submit_tool_outputs.tool_calls ?? [];
    const submit = (tool_call_id = '') =>
      threads.runs.submitToolOutputs(created.id, {
        ...params,
        tool_outputs: [{ tool_call_id, output: '3 euros' }],
      });

    const refusal = await refusalOf(submit('call_x'));
    await submit(call?.id);
    clock.pass(3000);
    const completed = await read();

    expect(waiting.status).toBe('requires_action');
    expect(call).toMatchObject({ type: 'function', function: { name: 'price', arguments: '{}' } });
    expect(refusal.message).toContain('Expected tool outputs for call_ids');
    expect(completed.status).toBe('completed');
    const { data } = await threads.messages.list(thread.id, { limit: 1 });
    expect(JSON.stringify(data)).toContain('3 euros');
  });

  it('is found again in the list of its thread by its metadata', async () => {
    const { client } = await running();
    const { threads } = client.beta;
    const { id } = await threads.create({ messages: [user('hello')] });
    for (const reply of ['r1', 'r2']) {
      await threads.runs.create(id, { assistant_id, metadata: { reply } });
    }

    const runs = await threads.runs.list(id);

    expect(runs.data.map((run) => run.metadata)).toEqual([{ reply: 'r2' }, { reply: 'r1' }]);
  });
});
