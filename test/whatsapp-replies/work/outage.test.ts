import { describe, expect, it } from 'vitest';
import { retryLater } from '../../../lambdas/shared/errors.ts';
import { limits } from '../../../lambdas/whatsapp-replies/limits.ts';
import { queuedMessages } from '../../support/reply-builders.ts';
import { aWorld } from '../../support/reply-world.ts';

/** Twilio takes nothing, so many times. */
function awayFor(times: number) {
  const world = aWorld();
  for (let n = 0; n < times; n += 1) {
    world.messenger.plan({ kind: 'not_sent', reason: 'no connection', cause: null });
  }
  return world;
}

describe('a vendor that is away for many tries', () => {
  it('has the message wait, and is asked for one run and one reply once it is back', async () => {
    const world = awayFor(limits.outageAttempts - 1);

    const ends: number[] = [];
    for (let n = 1; n < limits.outageAttempts; n += 1) {
      const { dead, unfinished } = await world.answers(queuedMessages(1));
      ends.push(dead.length);
      expect(unfinished?.afterSeconds).toBeLessThanOrEqual(120);
    }
    const result = await world.answers(queuedMessages(1));

    expect(new Set(ends)).toEqual(new Set([0]));
    expect(result).toEqual({ dead: [] });
    expect(world.assistant.runs).toHaveLength(1);
    expect(world.messenger.bodies).toHaveLength(1);
  });

  it('makes it a dead letter in the end, which has all its tries again', async () => {
    const world = awayFor(limits.outageAttempts);
    for (let n = 1; n < limits.outageAttempts; n += 1) await world.answers(queuedMessages(1));

    const { dead } = await world.answers(queuedMessages(1));

    expect(dead).toMatchObject([{ error: { code: 'twilio_not_sent' } }]);
    expect(world.store.turn('SM1')).toMatchObject({ attempts: 0, outages: 0, lease_until: 0 });
  });

  it('uses up none of the tries that the message itself has', async () => {
    const away = retryLater('secret_unavailable', 'It could not be read.');
    let isAway = true;
    const broken = retryLater('unexpected', 'Oops.');
    const world = aWorld({
      ports: { assistantFor: () => Promise.reject(isAway ? away : broken) },
    });
    for (let n = 0; n < 10; n += 1) await world.answers(queuedMessages(1));
    isAway = false;

    const deadCounts: number[] = [];
    for (let n = 0; n < limits.maxAttempts; n += 1) {
      deadCounts.push((await world.answers(queuedMessages(1))).dead.length);
    }

    expect(deadCounts).toEqual([0, 0, 0, 0, 1]);
  });
});
