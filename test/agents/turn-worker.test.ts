import { describe, expect, it } from 'vitest';
import { limits } from '../../lambdas/agents/limits.ts';
import { turnStore } from '../../lambdas/agents/stores/turn-store.ts';
import { turnConsumer } from '../../lambdas/agents/turn-worker.ts';
import { aRecord } from '../support/sqs-event.ts';
import { type Script, scriptedModel } from './scripted-model.ts';
import { key, turnWorld } from './turn-world.ts';

const invocation = { owner: 'worker', remainingMs: () => 300_000 };

/** A worker that gets a record for the nth time; how the record is settled. */
async function aWorker(script: Script = {}) {
  const world = await turnWorld({ model: scriptedModel(script) });
  const { turns, conversations, consuming, queued, dead } = world;
  const consume = turnConsumer(
    { turns, conversations, runTurn: (of) => world.of().run(of, invocation) },
    consuming,
  );
  return {
    world,
    async receive(tries: number): Promise<'done' | 'dead' | number | undefined> {
      const record = aRecord('1', queued[0]);
      record.attributes.ApproximateReceiveCount = String(tries);
      const { batchItemFailures } = await consume([record], invocation);
      if (batchItemFailures.length > 0) return dead.returned.at(-1)?.seconds;
      return dead.dead.length > 0 ? 'dead' : 'done';
    },
  };
}

const coming = { message_id: 'message-Hello', after: 0 };

describe('a message of which the queue knew before it was written', () => {
  it('is answered though whoever wrote it has died', async () => {
    const { world, receive } = await aWorker();
    await world.turns.expect(key, coming, 'caller');
    await world.say('Hello');

    expect(await receive(1)).toBe('done');
    expect(await world.answers()).toEqual(['Hello there.']);
  });

  it('is looked for at once, then less and less often, and answered once it is there', async () => {
    const { world, receive } = await aWorker();
    await world.turns.expect(key, coming);

    const pauses: unknown[] = [];
    for (let tries = 1; tries < limits.looksForMessage; tries++) pauses.push(await receive(tries));
    await world.say('Hello');

    expect(pauses).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
    expect(await receive(limits.looksForMessage)).toBe('done');
    expect(await world.answers()).toEqual(['Hello there.']);
  });

  it('is forgotten where it is never written', async () => {
    const { world, receive } = await aWorker();
    await world.turns.expect(key, coming);

    expect(await receive(limits.looksForMessage)).toBe('done');
    expect(await world.turns.current(key)).toBeUndefined();
  });

  it('is not answered where a person has taken the conversation over since', async () => {
    const { world, receive } = await aWorker();
    await world.turns.expect(key, coming);
    await world.say('Hello');
    await world.conversations.setHandling(key, { handling: 'person', by: 'user:ann' });

    expect(await receive(1)).toBe('done');
    expect(await world.turns.current(key)).toBeUndefined();
  });
});

describe('a message whose turn another one has taken over', () => {
  it.each([1, limits.maxAttempts + 1])(
    'waits for it, and is no dead letter, at its %ith try',
    async (tries) => {
      const { world, receive } = await aWorker({
        before: async () => {
          world.clock.pass(1_000);
          const store = turnStore(world.table);
          const turn = await store.find(key);
          if (turn) await store.save(turn, { owner: 'other' });
        },
      });
      await world.turns.begin(key, await world.say('Hello'));

      expect(await receive(tries)).toBe(1);
      expect(world.dead.dead).toEqual([]);
    },
  );
});
