import { describe, expect, it } from 'vitest';
import { type Pauses, retryUnprocessed } from '../../../lambdas/shared/store/batches.ts';
import { virtualClock } from '../../support/clock.ts';

const throttled = Object.assign(new Error('Slow down.'), {
  name: 'ProvisionedThroughputExceededException',
});

/** Sends ten items to a table that answers so, for at most so long. */
function aBatch(answer: (left: number[], nth: number) => number[], chance = 0.5, maxMs = 10_000) {
  const clock = virtualClock();
  const [pauses, sent]: [number[], number[][]] = [[], []];
  const sleep: Pauses['sleep'] = async (ms) => {
    pauses.push(ms);
    clock.pass(ms);
  };
  const bounds = { clock, sleep, random: () => chance, until: clock.now() + maxMs };
  const batch = Array.from({ length: 10 }, (_, n) => n);
  const send = async (left: number[]) => {
    sent.push(left);
    return answer(left, sent.length);
  };
  return { pauses, sent, done: () => retryUnprocessed('write emails', batch, send, bounds) };
}

describe('a batch of which DynamoDB leaves some undone', () => {
  it('is sent again for what is left, after pauses that grow', async () => {
    const { done, sent, pauses } = aBatch((left) => left.slice(2), 1);

    await done();

    expect(sent.map((left) => left.length)).toEqual([10, 8, 6, 4, 2]);
    expect(pauses).toEqual([50, 100, 200, 400]);
  });

  it('is done though it is left undone ten times', async () => {
    const { done, sent } = aBatch((left, nth) => (nth <= 10 ? left : []));

    await done();

    expect(sent).toHaveLength(11);
  });

  it('draws the upper half of its pauses, two seconds at most', async () => {
    const short = aBatch((left) => left, 0);
    const long = aBatch((left) => left, 1);

    for (const { done } of [short, long]) await expect(done()).rejects.toThrow();

    expect(short.pauses.slice(0, 7)).toEqual([25, 50, 100, 200, 400, 800, 1_000]);
    expect(Math.max(...long.pauses)).toBe(2_000);
  });

  it('is an outage where it stays undone until the time is up, and says how much', async () => {
    const { done, pauses } = aBatch((left) => left.slice(-3));

    await expect(done()).rejects.toMatchObject({
      next: 'retry',
      code: 'store',
      message: 'DynamoDB has no capacity to write emails: 3 of 10 are left undone.',
    });
    expect(pauses.reduce((sum, ms) => sum + ms)).toBeLessThan(10_000);
  });

  it('is sent again where DynamoDB has refused the whole of it as too much', async () => {
    const { done, sent, pauses } = aBatch((_, nth) => {
      if (nth < 3) throw throttled;
      return [];
    });

    await done();

    expect([sent.length, pauses.length]).toEqual([3, 2]);
  });

  it('is not sent at all once the time is up', async () => {
    const { done, sent } = aBatch(() => [], 0.5, 0);

    await expect(done()).rejects.toMatchObject({ code: 'store' });
    expect(sent).toEqual([]);
  });

  it('is not sent again where DynamoDB fails otherwise', async () => {
    const { done, sent } = aBatch(() => {
      throw new Error('It is away.');
    });

    await expect(done()).rejects.toMatchObject({ next: 'retry', code: 'store' });
    expect(sent).toHaveLength(1);
  });
});
