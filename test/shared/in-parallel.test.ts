import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inParallel } from '../../lambdas/shared/in-parallel.ts';

const five = [1, 2, 3, 4, 5];

describe('work in parallel', () => {
  it('is all done, so many at the same time and not more', async () => {
    const done: number[] = [];
    let [now, most] = [0, 0];

    await inParallel(five, 2, async (one) => {
      now += 1;
      most = Math.max(most, now);
      await turn();
      done.push(one);
      now -= 1;
    });

    expect([done, most]).toEqual([five, 2]);
  });

  it('ends with a failure once what was under way has ended, and begins nothing after it', async () => {
    const [begun, ended]: [number[], number[]] = [[], []];

    const work = inParallel(five, 2, async (one) => {
      begun.push(one);
      if (one === 2) throw new Error('Two is broken.');
      for (let n = 0; n < 5; n++) await turn();
      ended.push(one);
    });

    await expect(work).rejects.toThrow('Two is broken.');
    expect([begun, ended]).toEqual([[1, 2], [1]]);
  });

  it('of nothing is nothing', async () => {
    await expect(inParallel([], 3, () => Promise.reject())).resolves.toBeUndefined();
  });
});
