import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextPollMs, nextVisitSeconds } from '../../../lambdas/whatsapp-replies/work/steps/run.ts';
import type { Outcome } from '../../support/reply-assistant.ts';
import { aQueuedMessage } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld } from '../../support/reply-world.ts';

const message = aQueuedMessage(1);

const lasting = (takesMs: number) => (): Outcome => ({ kind: 'answered', text: 'Done.', takesMs });

const never = lasting(Number.POSITIVE_INFINITY);

describe('next look at a run', () => {
  it('is after the first second, then after a tenth of the time so far, 0.5 to 2 s', () => {
    fc.assert(
      fc.property(fc.nat({ max: 3_600_000 }), (elapsedMs) => {
        const delay = nextPollMs(elapsedMs);

        if (elapsedMs < 1_000) expect(elapsedMs + delay).toBe(1_000);
        else expect(delay).toBe(Math.min(2_000, Math.max(500, elapsedMs / 10)));
      }),
    );
  });

  it('comes at most half a second or a tenth of its duration after the end of a run', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 300_000 }), (endMs) => {
        let at = 0;
        while (at < endMs) at += nextPollMs(at);

        expect(at - endMs).toBeLessThanOrEqual(Math.max(500, endMs / 10));
      }),
    );
  });
});

describe('next visit to a wait that was given back', () => {
  it('is in a tenth of the time so far, in whole seconds from 2 to 30, never sooner than before', () => {
    fc.assert(
      fc.property(fc.nat({ max: 3_600_000 }), fc.nat({ max: 60_000 }), (elapsedMs, moreMs) => {
        const seconds = nextVisitSeconds(elapsedMs);

        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBe(Math.ceil(Math.min(30, Math.max(2, elapsedMs / 10_000))));
        expect(nextVisitSeconds(elapsedMs + moreMs)).toBeGreaterThanOrEqual(seconds);
      }),
    );
  });
});

describe('wait for a run', () => {
  it('looks after 1 s, then after 0.5 s, later after a tenth of the time so far', async () => {
    const world = aWorld({ answer: lasting(7_000) });
    const startedAt = world.clock.now();

    await world.answers([message]);

    const looks = world.assistant.looks.map((at) => at - startedAt);
    expect(looks.slice(0, 9)).toEqual([1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000]);
    expect(looks.slice(9).map(Math.round)).toEqual([5500, 6050, 6655, 7321]);
    expect(world.messenger.bodies).toEqual(['Done.']);
  });

  it('is given back after 20 s, and the turn with it', async () => {
    const world = aWorld({ answer: never });
    const startedAt = world.clock.now();

    const { unfinished } = await world.answers([message]);

    const waitedMs = world.clock.now() - startedAt;
    expect(waitedMs).toBeGreaterThanOrEqual(20_000);
    expect(waitedMs).toBeLessThan(22_000);
    expect(unfinished?.afterSeconds).toBe(3);
    expect(world.store.turn('SM1')).toMatchObject({ state: 'run', lease_until: 0, attempts: 0 });
  });

  it('is given back earlier when the invocation would have no time left to send', async () => {
    const world = aWorld({ answer: never });
    const startedAt = world.clock.now();

    const { unfinished } = await world.answers([message], { remainingMs: 18_000 });

    expect(world.clock.now() - startedAt).toBeLessThanOrEqual(3_000);
    expect(world.assistant.looks.length).toBeGreaterThan(0);
    expect(unfinished?.afterSeconds).toBe(2);
  });

  it('is resumed by one look without sleeping, on the same run', async () => {
    const world = aWorld({ answer: never });
    await world.answers([message]);
    const looks = world.assistant.looks.length;
    const sleeps = world.clock.sleeps.length;
    world.clock.pass(40_000);

    const { unfinished } = await world.answers([message]);

    expect(world.assistant.looks).toHaveLength(looks + 1);
    expect(world.clock.sleeps).toHaveLength(sleeps);
    expect(world.assistant.runs).toHaveLength(1);
    expect(unfinished?.afterSeconds).toBe(7);
  });

  it('costs a run of minutes a look every few seconds, and notices its end soon', async () => {
    const world = aWorld({ answer: lasting(200_000) });
    const startedAt = world.clock.now();

    await deliverAll(world, [message]);

    const sentAfterMs = (world.messenger.sent[0]?.at ?? 0) - startedAt;
    expect(sentAfterMs).toBeGreaterThanOrEqual(200_000);
    expect(sentAfterMs).toBeLessThanOrEqual(220_000);
    expect(world.clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(22_000);
  });
});

describe('run that takes too long', () => {
  it('is cancelled, and a new run answers', async () => {
    const world = aWorld({
      runMaxWaitMs: 60_000,
      answer: ({ n }) => (n === 1 ? never() : { kind: 'answered', text: 'Second try.' }),
    });

    const dead = await deliverAll(world, [message]);

    expect(dead).toEqual([]);
    expect(world.assistant.runs.map(({ cancelled }) => cancelled)).toEqual([true, false]);
    expect(world.messenger.bodies).toEqual(['Second try.']);
    expect(world.meter.counts).toMatchObject({ RunTimedOut: 1, RepliesSent: 1 });
  });

  it('is used after all when it completes while it is being cancelled', async () => {
    const world = aWorld({ runMaxWaitMs: 60_000, answer: never });
    const { cancelRun } = world.assistant;
    world.assistant.cancelRun = async (threadId, runId) => {
      const [run] = world.assistant.runs;
      if (run) run.outcome = { kind: 'answered', text: 'Just in time.', takesMs: 0 };
      return cancelRun(threadId, runId);
    };

    await deliverAll(world, [message]);

    expect(world.assistant.runs).toHaveLength(1);
    expect(world.messenger.bodies).toEqual(['Just in time.']);
  });

  it('leads to the dead-letter queue when every run does', async () => {
    const world = aWorld({ runMaxWaitMs: 60_000, answer: never });

    const dead = await deliverAll(world, [message]);

    expect(dead).toEqual([message]);
    expect(world.assistant.runs.map(({ cancelled }) => cancelled)).toEqual(Array(5).fill(true));
    expect(world.messenger.sent).toEqual([]);
  });
});

describe('start of a run whose answer is lost', () => {
  const losesStart = (assistant: 'threads' | 'responses', takesEffect: boolean) => {
    const world = aWorld({ assistant });
    const { startRun } = world.assistant;
    world.assistant.startRun = async (...args) => {
      world.assistant.startRun = startRun;
      if (takesEffect) await startRun(...args);
      throw new Error('The connection was cut.');
    };
    return world;
  };

  it.each(['threads', 'responses'] as const)(
    'is followed by no second run when it took effect (%s)',
    async (assistant) => {
      const world = losesStart(assistant, true);

      await deliverAll(world, [message]);

      expect(world.assistant.runs).toHaveLength(1);
      expect(world.messenger.bodies).toEqual(['Answer 1 to: Question 1?']);
    },
  );

  it.each(['threads', 'responses'] as const)(
    'is made up for when it took none (%s)',
    async (assistant) => {
      const world = losesStart(assistant, false);

      await deliverAll(world, [message]);

      expect(world.assistant.runs).toHaveLength(1);
      expect(world.messenger.bodies).toEqual(['Answer 1 to: Question 1?']);
    },
  );
});
