import { describe, expect, it } from 'vitest';
import { scriptedModel } from '../../agents/scripted-model.ts';
import { heard, streamWorld } from './stream-world.ts';

describe('a message that is sent again and again', () => {
  it('is refused for a while, as whoever reads too often is, and each new one is taken', async () => {
    const world = await streamWorld(scriptedModel());
    await heard(await world.say('Hello', {}, 'm1'));

    const statuses: number[] = [];
    for (let n = 0; n < 31; n++) {
      const response = await world.say('Hello', {}, 'm1');
      statuses.push(response.status);
      await response.body?.cancel();
    }
    const other = await world.say('And now?', {}, 'm2');

    expect(statuses.slice(0, 30)).toEqual(statuses.slice(0, 30).fill(200));
    expect(statuses.at(-1)).toBe(429);
    expect(other.status).toBe(200);
    await heard(other);
  });
});
