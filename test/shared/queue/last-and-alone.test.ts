import { describe, expect, it } from 'vitest';
import { lastAndAlone } from '../../../lambdas/shared/queue/handle.ts';

/** Lets everything that is ready continue. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('pieces of work that may end the process', () => {
  it('wait for all others, then are done one at a time, the lowest rank first', async () => {
    const order = lastAndAlone(4);
    const begun: string[] = [];
    const wait = (name: string, rank: number) => order.wait(rank).then(() => void begun.push(name));
    void wait('three', 3);
    void wait('one', 1);
    await settle();
    const before = [...begun];

    const seen: string[][] = [];
    for (let n = 0; n < 4; n += 1) {
      order.done();
      await settle();
      seen.push([...begun]);
    }

    expect(before).toEqual([]);
    expect(seen).toEqual([[], ['one'], ['one', 'three'], ['one', 'three']]);
  });

  it('continue at once when there is nothing else', async () => {
    await expect(lastAndAlone(1).wait(2)).resolves.toBeUndefined();
  });

  it('wait for each other when all of them do', async () => {
    const order = lastAndAlone(2);
    const begun: string[] = [];
    const waits = ['first', 'second'].map((name) =>
      order.wait(1).then(() => void begun.push(name)),
    );
    await settle();
    const alone = [...begun];
    order.done();
    await Promise.all(waits);

    expect(alone).toEqual(['first']);
    expect(begun).toEqual(['first', 'second']);
  });
});
