import { describe, expect, it } from 'vitest';
import { limits } from '../../lambdas/agents/limits.ts';
import { scriptedModel } from './scripted-model.ts';
import { key, textOf, turnWorld } from './turn-world.ts';

describe('the answer of a turn', () => {
  it('ends though its model writes without end: its answer is cut where a message cannot be longer', async () => {
    const words = Array.from({ length: 40 }, () => '€'.repeat(4_001));
    const world = await turnWorld({ model: scriptedModel({ words }) });
    await world.turns.begin(key, await world.say('A book, please'));

    await world.run();

    const [answer = ''] = await world.answers();
    const events = await world.events('turn-1');
    expect(answer).toBe('€'.repeat(Math.floor(limits.answerBytes / 3)));
    expect(textOf(events)).toBe(answer);
    expect(events.at(-1)).toMatchObject({ event: 'complete', outcome: 'answered', value: answer });
  });

  it('times its first words once, from the message on', async () => {
    const world: Awaited<ReturnType<typeof turnWorld>> = await turnWorld({
      model: scriptedModel({ before: () => world.clock.pass(2_000) }),
    });
    await world.turns.begin(key, await world.say('Hello'));

    await world.run();

    expect(world.meter.times['FirstWordsSeconds']).toHaveLength(1);
  });
});
