import { describe, expect, it } from 'vitest';
import { aModel, expectGrowing } from './a-model.ts';

describe('a server that has only a part of the API', () => {
  it.each([
    { param: 'background', message: 'Unknown parameter.' },
    { param: null, message: 'store is not supported with background' },
  ])('streams without the background where a server does not have it (%j)', async (error) => {
    const { ask, simulator } = await aModel();
    const effect = { kind: 'respond', status: 400, body: { error } } as const;
    simulator.faults.add({ operation: 'responses.create', effect, containing: '"background"' });

    const { all } = await ask('<think>');
    const next = await ask('Hello');

    expect(all.at(0)).toMatchObject({ kind: 'began', resumable: false });
    expect(all.at(-1)).toMatchObject({ kind: 'answered' });
    expectGrowing(all);
    expect(next.all.at(-1)).toMatchObject({ kind: 'answered' });
    expect(
      simulator.calls.map(({ body }) => (body as { background?: boolean }).background),
    ).toEqual([true, undefined, undefined]);
  });

  it('answers at once where a server does not stream', async () => {
    const { ask, simulator } = await aModel();
    const effect = {
      kind: 'respond',
      status: 400,
      body: { error: { param: 'stream', message: 'No.' } },
    } as const;
    simulator.faults.add({ operation: 'responses.create', effect, times: 2 });

    const { all } = await ask('Hello');

    expect(all.map(({ kind }) => kind)).toEqual(['began', 'answered']);
  });

  it('takes the whole answer of a server that does not stream though it is asked to', async () => {
    const { ask, simulator } = await aModel();
    const message = {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Yes.' }],
    };
    const body = { id: 'r1', object: 'response', status: 'completed', output: [message] };
    simulator.faults.add({
      operation: 'responses.create',
      effect: { kind: 'respond', status: 200, body },
    });

    const { all } = await ask('Hello');

    expect(all).toEqual([
      { kind: 'began', runId: 'r1', resumable: false },
      { kind: 'answered', text: 'Yes.' },
    ]);
  });
});
