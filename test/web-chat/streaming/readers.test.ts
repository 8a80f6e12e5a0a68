import { describe, expect, it } from 'vitest';
import { scriptedModel } from '../../agents/scripted-model.ts';
import { heard, streamWorld } from './stream-world.ts';

type World = Awaited<ReturnType<typeof streamWorld>>;

describe('a reader', () => {
  it('who has read more than there is goes when the turn has ended', async () => {
    const world: World = await streamWorld(
      scriptedModel({
        words: ['Ja', ', wir', ' haben', ' offen', '.'],
        before: async (word) => {
          if (word === 2) readers.push(world.readOn(null, 99).then(heard));
          if (word === 4) await new Promise((resolve) => setTimeout(resolve, 30));
        },
      }),
    );
    const readers: ReturnType<typeof heard>[] = [];
    await heard(await world.say('Habt ihr offen?'));

    const begun = world.clock.now();
    for (let n = 0; n < 4; n++) {
      world.clock.pass(16_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const read = await Promise.all(readers);

    expect(read.map(({ events }) => events)).toEqual([[]]);
    expect(world.clock.now() - begun).toBeLessThan(100_000);
  });
});
