import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/whatsapp-replies/limits.ts';
import { TestProcess } from '../../support/crash.ts';
import { aQueuedMessage, queuedMessages } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { expectAnsweredOnce, expectRecorded } from '../../support/reply-promises.ts';
import { aSimulatedWorld, operations } from '../../support/reply-simulated.ts';
import { aWorld } from '../../support/reply-world.ts';

const adapters = ['responses', 'threads'] as const;
const minuteMs = 60_000;
/** How long a run may take in these worlds. */
const runMaxWaitMs = 100_000;

describe.each(adapters)('a lock that stays in %s', (name) => {
  const { start, open } = operations[name];
  const locked = {
    kind: 'respond',
    status: 400,
    body: {
      error: {
        code: name === 'responses' ? 'conversation_locked' : null,
        message: 'Thread thread_1 already has an active run run_1.',
      },
    },
  } as const;

  /** The answer to a start is lost, and that run hangs. */
  async function hung() {
    let n = 0;
    const world = await aSimulatedWorld(name, {
      runMaxWaitMs,
      answer: ({ input, history }) => {
        n += 1;
        if (n === 2) return { kind: 'completed', text: 'LATE', takesMs: 20 * minuteMs };
        const words = input.map(({ text }) => text).join();
        return { kind: 'completed', text: `${words} after ${history.length}` };
      },
    });
    await world.delivers([aQueuedMessage(1)]);
    world.faults.add({ operation: start, effect: { kind: 'lose' } });
    return world;
  }

  it('by a run whose id was lost and that hangs is left, and its late answer is not sent', async () => {
    const world = await hung();

    const dead = await world.delivers([aQueuedMessage(2)]);
    world.clock.pass(30 * minuteMs);
    const later = await world.delivers([aQueuedMessage(3)]);

    expect([...dead, ...later]).toEqual([]);
    expect(world.messenger.bodies).toHaveLength(3);
    expect(world.messenger.bodies.join()).not.toContain('LATE');
    expect(world.messenger.bodies[2]).toMatch(/^Question 3\? after [234]$/);
  });

  it('by somebody else’s run is left for a thread that knows what was said', async () => {
    const world = await aSimulatedWorld(name, { runMaxWaitMs });
    await world.delivers([aQueuedMessage(1)]);
    const before = world.threadId();
    world.faults.add({ operation: start, effect: locked, times: 10_000, containing: before });
    const begun = world.clock.now();

    const dead = await world.delivers([aQueuedMessage(2)]);
    const tookMs = world.clock.now() - begun;
    const later = await world.delivers([{ ...aQueuedMessage(3), thread_id: before }]);

    expect([...dead, ...later]).toEqual([]);
    expect(tookMs).toBeGreaterThan(runMaxWaitMs);
    expect(tookMs).toBeLessThan(2 * runMaxWaitMs);
    expect(world.callsOf(open)).toBe(2);
    expect(world.messenger.bodies[1]).toContain('I know 2 earlier messages');
    expect(world.threadId()).not.toBe(before);
  });

  it('is waited for from its first refusal, not from a start long before it', async () => {
    const world = await aSimulatedWorld(name, { runMaxWaitMs });
    const away = { kind: 'respond', status: 503 } as const;
    world.faults.add({ operation: start, effect: away, times: 7 });
    world.faults.add({ operation: start, effect: locked, times: 2 });

    const dead = await world.delivers(queuedMessages(1));

    expect(dead).toEqual([]);
    expect(world.callsOf(open)).toBe(1);
    expect(world.messenger.bodies).toHaveLength(1);
  });

  it('ends at a dead letter where each new thread is locked too, which can be redriven', async () => {
    const world = await aSimulatedWorld(name, { runMaxWaitMs });
    world.faults.add({ operation: start, effect: locked, times: 10_000 });
    const rounds: number[] = [];
    let waiting = queuedMessages(1);
    while (waiting.length > 0 && rounds.length < 1_000) {
      const { unfinished } = await world.answers(waiting);
      rounds.push(world.callsOf(open));
      world.clock.pass((unfinished?.afterSeconds ?? 0) * 1000);
      waiting = unfinished?.messages ?? [];
    }
    world.faults.clear();

    const redriven = await world.delivers(queuedMessages(1));

    expect(world.callsOf(open)).toBeLessThanOrEqual(limits.maxAttempts + 2);
    expect(redriven).toEqual([]);
    expect(world.messenger.bodies).toHaveLength(1);
  });
});

describe('a lock that stays', () => {
  it.each(['before', 'after'] as const)(
    'is left without a second reply or a lost one, dying at any call, %s it takes effect',
    async (effect) => {
      for (const assistant of adapters) {
        for (let call = 1; call <= 30; call += 1) {
          const world = aWorld({ assistant, runMaxWaitMs });
          const { startRun } = world.assistant;
          world.assistant.startRun = async (threadId, ...given) =>
            threadId === 'thread-1' ? { kind: 'busy' } : startRun(threadId, ...given);
          const messages = [aQueuedMessage(1), aQueuedMessage(2)];
          await world.answers(messages);
          world.clock.pass(runMaxWaitMs + 1);

          const dead = await deliverAll(world, messages, [
            { process: new TestProcess([{ call, effect }]) },
            { process: new TestProcess([{ call: 31 - call, effect }]) },
          ]);

          expect(dead, `call ${call}`).toEqual([]);
          expectAnsweredOnce(world, messages);
          expectRecorded(world, messages);
        }
      }
    },
  );
});
