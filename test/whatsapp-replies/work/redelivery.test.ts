import { describe, expect, it } from 'vitest';
import { aQueuedMessage, aTurn, queuedMessages } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld } from '../../support/reply-world.ts';

describe('message that comes again', () => {
  it('is done without a word once its reply is recorded', async () => {
    const world = aWorld();
    await world.answers(queuedMessages(2));

    const results = [
      await world.answers([aQueuedMessage(1)]),
      await world.answers([aQueuedMessage(2)]),
    ];

    expect(results).toEqual([{ dead: [] }, { dead: [] }]);
    expect(world.messenger.sent).toHaveLength(1);
    expect(world.assistant.runs).toHaveLength(1);
    expect(world.store.summary()).toMatchObject({ message_count: 2 });
  });

  it('waits while another invocation may still be alive on it', async () => {
    const world = aWorld();
    world.store.put(aTurn({ lease_until: world.clock.now() + 12_300 }));

    const result = await world.answers(queuedMessages(2));

    expect(result.unfinished).toEqual({ messages: queuedMessages(2), afterSeconds: 13 });
    expect(world.assistant.runs).toEqual([]);
    expect(world.messenger.sent).toEqual([]);
  });

  it('comes back unsent when another invocation takes the turn meanwhile', async () => {
    const world = aWorld({
      answer: () => {
        const turn = world.store.turn('SM1');
        if (turn) world.store.put({ ...turn, version: turn.version + 1 });
        return { kind: 'answered', text: 'Too late.' };
      },
    });

    const result = await world.answers(queuedMessages(1));

    expect(result).toMatchObject({ unfinished: { afterSeconds: 5 }, dead: [] });
    expect(world.messenger.tries).toEqual([]);
  });
});

describe('waiting', () => {
  it('uses up no attempts, however often it is given back', async () => {
    const world = aWorld({
      answer: () => ({ kind: 'answered', text: 'At last.', takesMs: 280_000 }),
    });

    const dead = await deliverAll(world, queuedMessages(1));

    expect(dead).toEqual([]);
    expect(world.assistant.looks.length).toBeGreaterThan(10);
    expect(world.assistant.runs).toHaveLength(1);
    expect(world.messenger.bodies).toEqual(['At last.']);
  });

  it('for another run on the thread costs no attempts until the longest wait is over', async () => {
    const world = aWorld({ assistant: 'responses' });
    const { assistant, store } = world;
    store.put(aTurn({ state: 'thread', thread_id: 'thread-x' }));
    assistant.startRun = async () => ({ kind: 'busy' });

    const first = await world.answers([aQueuedMessage(1)]);
    const attemptsWaiting = store.turn('SM1')?.attempts;
    world.clock.pass(301_000);
    const late = await world.answers([aQueuedMessage(1)]);

    expect(first.unfinished?.afterSeconds).toBe(2);
    expect(attemptsWaiting).toBe(0);
    expect(late.unfinished?.afterSeconds).toBe(2);
    expect(store.turn('SM1')).toMatchObject({ attempts: 1, lease_until: 0 });
  });
});
