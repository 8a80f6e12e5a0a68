import { describe, expect, it } from 'vitest';
import { alertPerson, retryLater } from '../../lambdas/shared/errors.ts';
import { type Script, scriptedModel } from './scripted-model.ts';
import { key, textOf, turnWorld } from './turn-world.ts';

const busy = retryLater('openai_busy', 'OpenAI is busy.');

describe('a turn whose model does not answer', () => {
  it('says that it cannot answer where the model refuses', async () => {
    const model = scriptedModel({ words: ['I'], end: { unanswered: 'refusal' } });
    const world = await turnWorld({ model });
    await world.say('Hello');
    await world.turns.begin(key, 1);

    await world.run();

    expect(await world.answers()).toEqual(['Sorry, I cannot answer that.']);
    expect(textOf(await world.events('turn-1'))).toBe('Sorry, I cannot answer that.');
  });

  it('begins its answer anew where a run fails in the middle', async () => {
    const model = scriptedModel(
      { words: ['We', ' are'], end: { error: busy } },
      { words: ['Yes', ', we are.'] },
    );
    const world = await turnWorld({ model });
    await world.say('Hello');
    await world.turns.begin(key, 1);

    await world.run();

    const events = await world.events('turn-1');
    expect(textOf(events)).toBe('Yes, we are.');
    expect(events.filter((event) => event.event === 'response_chunk' && event.reset)).toHaveLength(
      1,
    );
    expect(await world.answers()).toEqual(['Yes, we are.']);
    expect(world.meter.counts).toMatchObject({ OpenAiFailed: 1 });
  });

  it.each([
    ['fails each time', [{ words: ['W'], end: { error: busy } }], 'openai_busy', 3],
    [
      'fails for good',
      [{ words: [], end: { error: alertPerson('openai_refused', 'No.') } }],
      'openai_refused',
      1,
    ],
    ['hangs', [{ words: ['We'], end: 'hangs' }], 'run_timed_out', 1],
  ] as const)(
    'ends with an error, and without a message, where the model %s',
    async (_, scripts, code, asked) => {
      const model = scriptedModel(...(scripts as unknown as Script[]));
      const world = await turnWorld({ model, agent: { maxWaitMs: 60_000 } });
      await world.say('Hello');
      await world.turns.begin(key, 1);

      await world.run();
      await world.settle();

      const events = await world.events('turn-1');
      expect(events.at(-1)).toMatchObject({ event: 'error', code });
      expect(textOf(events)).toBe('');
      expect(world.model.asked).toHaveLength(asked);
      expect(await world.answers()).toEqual([]);
      expect(await world.turns.current(key)).toMatchObject({ state: 'ended', outcome: 'failed' });
      expect(world.meter.counts).toMatchObject({ TurnsFailed: 1 });
      expect(world.dead.dead).toEqual([]);
    },
  );

  it('ends where its agent cannot be used', async () => {
    const agentFor = () =>
      Promise.reject(alertPerson('agent_unusable', 'It is of the adapter threads.'));
    const world = await turnWorld({ model: scriptedModel(), ports: { agentFor } });
    await world.say('Hello');
    await world.turns.begin(key, 1);

    await world.run();

    expect((await world.events('turn-1')).at(-1)).toMatchObject({ code: 'agent_unusable' });
  });
});
