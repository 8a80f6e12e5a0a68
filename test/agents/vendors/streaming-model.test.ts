import type { ResponseStreamEvent } from 'openai/resources/responses/responses.js';
import { describe, expect, it } from 'vitest';
import { ResponseSoFar } from '../../../lambdas/agents/vendors/response-so-far.ts';
import { runUnknown, tooLong } from '../../../lambdas/agents/work/ports.ts';
import { aModel, expectGrowing, textsOf } from './a-model.ts';

describe('a streaming model', () => {
  it('tells its answer while it is written, in the background, with the run that can be read again', async () => {
    const { ask, simulator, used } = await aModel();

    const { all, error } = await ask('/sim long 2000');

    expect(error).toBeUndefined();
    expect(all[0]).toMatchObject({ kind: 'began', resumable: true });
    expect(textsOf(all).length).toBeGreaterThan(20);
    expect(all.at(-1)).toMatchObject({ kind: 'answered' });
    expectGrowing(all);
    expect(used).toHaveLength(1);
    expect(simulator.calls[0]?.body).toMatchObject({
      stream: true,
      background: true,
      store: true,
      max_output_tokens: 4_000,
      metadata: { tenant_id: 'acme', conversation_id: 'c1', turn_id: 'turn-1' },
    });
  });

  it('is read again from its beginning by another process', async () => {
    const { ask } = await aModel();
    const first = await ask('Hello');
    const [began] = first.all;

    const again = await ask('', began?.kind === 'began' ? began.runId : '');

    expect(again.all).toEqual(first.all);
  });

  it.each([1, 700, 1_500, 2_500, 3_333, 4_444, 6_000, 9_000])(
    'reads on where its connection is cut behind %i bytes, and says nothing twice',
    async (afterBytes) => {
      const { ask, simulator } = await aModel();
      simulator.faults.add({ operation: 'responses.create', effect: { kind: 'lose', afterBytes } });
      simulator.faults.add({
        operation: 'responses.retrieve',
        effect: { kind: 'lose', afterBytes: afterBytes / 2 },
        times: 2,
        containing: 'resp_',
      });

      const { all, error } = await ask('Are you open?');

      // What was lost before its id came cannot be read on.
      if (!all.some(({ kind }) => kind === 'began')) expect(error?.next).toBe('retry');
      else {
        expect(error).toBeUndefined();
        expect(all.filter(({ kind }) => kind === 'began')).toHaveLength(1);
        expectGrowing(all);
      }
    },
  );

  it.each(['/sim think', '/sim tags'])(
    'shows of %s neither reasoning nor commentary',
    async (text) => {
      const { ask } = await aModel();

      const { all } = await ask(text);

      const last = all.at(-1);
      expect(last).toMatchObject({ kind: 'answered', text: expect.stringMatching(/^You wrote/) });
      expect(JSON.stringify(all)).not.toMatch(/so I answer|look that up|think>/);
      expect(textsOf(all).length).toBeGreaterThan(5);
      expectGrowing(all);
    },
  );

  it.each([
    ['/sim fail', 'openai_failed'],
    ['/sim break rate_limit_exceeded', 'openai_busy'],
    ['/sim fail insufficient_quota', 'openai_quota'],
    ['/sim fail context_length_exceeded', tooLong],
    ['/sim cancel', 'run_cancelled'],
    ['/sim call look_up {}', 'run_failed'],
  ])('fails by %s as %s', async (text, code) => {
    const { ask } = await aModel();

    expect((await ask(text)).error?.code).toBe(code);
  });

  it.each([
    ['/sim refuse', 'refusal'],
    ['/sim empty', 'empty'],
    ['/sim fail invalid_prompt', 'invalid_prompt'],
    ['/sim incomplete content_filter', 'content_filter'],
  ])('does not answer %s: %s', async (text, reason) => {
    const { ask } = await aModel();

    expect((await ask(text)).all.at(-1)).toEqual({ kind: 'unanswered', reason });
  });

  it('answers with as much as it may write', async () => {
    const { ask } = await aModel();

    expect((await ask('/sim incomplete')).all.at(-1)).toEqual({
      kind: 'answered',
      text: 'This answer ends in the middle of a',
    });
  });

  it('says that a run is unknown which the vendor has deleted', async () => {
    const { ask, model } = await aModel();
    const { all } = await ask('Hello');
    const runId = all[0]?.kind === 'began' ? all[0].runId : '';

    await model.forget(runId);
    await model.forget(runId);

    expect((await ask('', runId)).error?.code).toBe(runUnknown);
  });

  it('reads on over another connection where one falls silent', async () => {
    const { ask, simulator, model } = await aModel({}, { silentMs: 150 });

    const asked = ask('/sim stall');
    await expect
      .poll(
        () => simulator.calls.filter(({ operation }) => operation === 'responses.retrieve').length,
      )
      .toBeGreaterThan(3);
    const { path = '' } = simulator.calls.at(-1) ?? {};
    await model.cancel(/resp_\w+/.exec(path)?.[0] ?? '');

    const { all, error } = await asked;
    expect(error?.code).toBe('run_cancelled');
    expect(textsOf(all).at(-1)).toBe('This answer ends in the middle of a');
    expect(new Set(textsOf(all)).size).toBe(textsOf(all).length);
  });

  it.each([
    [401, 'openai_failed', 'retry'],
    [429, 'openai_busy', 'retry'],
    [500, 'openai_failed', 'retry'],
    [404, 'openai_refused', 'alert'],
  ])('classifies %i as %s', async (status, code, next) => {
    const { ask, simulator } = await aModel();
    const body = { error: { message: 'No.', code: 'some' } };
    simulator.faults.add({
      operation: 'responses.create',
      effect: { kind: 'respond', status, body },
      times: 9,
    });

    expect((await ask('Hello')).error).toMatchObject({ code, next });
  });
});

describe('a response so far', () => {
  const delta = (text: string) =>
    ({
      type: 'response.output_text.delta',
      item_id: 'm',
      output_index: 0,
      content_index: 0,
      delta: text,
      logprobs: [],
      sequence_number: 0,
    }) satisfies ResponseStreamEvent;

  it('shows nothing of a server whose reasoning may end without having begun, before that end', () => {
    const soFar = new ResponseSoFar({ background: false });

    soFar.take(delta('We look.'));
    const before = soFar.text;
    soFar.take(delta('</think>Yes, '));
    soFar.take(delta('we are.'));

    expect(before).toBe('');
    expect(soFar.text).toBe('Yes, we are.');
    expect(soFar.whole).toBe('Yes, we are.');
  });
});
