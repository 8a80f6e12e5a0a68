import { describe, expect, it } from 'vitest';
import { handoverFeature } from '../../../lambdas/conversations/features.ts';
import { handoverPorts } from '../../../lambdas/whatsapp-replies/handover.ts';
import { atEachCrashPoint } from '../../support/crash.ts';
import { aQueuedMessage } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld, type World } from '../../support/reply-world.ts';

const key = { tenant_id: 'acme', conversation_id: 'conv-1' };
const minutes = (count: number) => count * 60_000;

/** A company that hands conversations over at a word. */
function aHandingWorld(fields: object = {}): World {
  const world = aWorld();
  const feature = handoverFeature.parse({
    keywords: ['human', '人間'],
    text: 'Ada comes.',
    ...fields,
  });
  const ports = handoverPorts({
    conversations: world.store.log,
    handover: async () => feature,
    clock: world.clock,
  });
  Object.assign(world.ports, ports);
  return world;
}

const asking = (n: number) => aQueuedMessage(n, { text: 'A HUMAN, please!' });
const handlingOf = async ({ store }: World) => (await store.log.find(key))?.handling;
const textsOf = async ({ store }: World) =>
  (await store.log.latest(key, 100)).map(({ text, event }) => event ?? text);

describe('a customer who asks for a person', () => {
  it('is told once that one will come, and waits', async () => {
    const world = aHandingWorld();
    await world.answers([aQueuedMessage(1)]);

    await world.answers([asking(2)]);
    await world.answers([asking(3)]);

    expect(world.messenger.bodies.slice(1)).toEqual(['Ada comes.']);
    expect(await handlingOf(world)).toBe('waiting');
    expect(await textsOf(world)).toEqual([
      'Question 1?',
      'Answer 1 to: Question 1?',
      'A HUMAN, please!',
      'person_requested',
      'Ada comes.',
      'A HUMAN, please!',
    ]);
    expect(world.assistant.runs).toHaveLength(1);
  });

  it('may ask with their first word, among others that wait', async () => {
    const world = aHandingWorld();

    await world.answers([aQueuedMessage(1), aQueuedMessage(2, { text: '人間と話したい' })]);

    expect(world.messenger.bodies).toEqual(['Ada comes.']);
    expect(await handlingOf(world)).toBe('waiting');
  });

  it('is told nothing where somebody has taken the conversation already', async () => {
    const world = aHandingWorld();
    await world.answers([aQueuedMessage(1)]);
    const { requestPerson } = world.store;
    world.store.requestPerson = async (turn) => {
      await world.store.log.setHandling(key, { handling: 'person', by: 'user:ada' });
      await requestPerson(turn);
    };

    await world.answers([asking(2)]);

    expect(world.messenger.bodies).toHaveLength(1);
    expect(await handlingOf(world)).toBe('person');
  });

  it('is told once and waits, wherever the process dies', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      const world = aHandingWorld();

      const dead = await deliverAll(world, [asking(1)], [{ process }]);

      expect(dead).toEqual([]);
      expect(world.messenger.bodies).toEqual(['Ada comes.']);
      expect(await textsOf(world)).toEqual(['A HUMAN, please!', 'person_requested', 'Ada comes.']);
    });
    expect(calls).toBeGreaterThan(8);
  });

  it('is answered by the agent where the company has no such word', async () => {
    const world = aHandingWorld({ keywords: [] });

    await world.answers([asking(1)]);

    expect(world.messenger.bodies).toEqual(['Answer 1 to: A HUMAN, please!']);
  });
});

describe('a conversation that no person has written to for long', () => {
  it('is the agent’s again with the customer’s next message, where the company says so', async () => {
    const world = aHandingWorld({ return_after_minutes: 30 });
    await world.answers([asking(1)]);

    world.clock.pass(minutes(29));
    await world.answers([
      aQueuedMessage(2, { received_at: new Date(world.clock.now()).toISOString() }),
    ]);
    world.clock.pass(minutes(31));
    await world.answers([aQueuedMessage(3)]);

    expect(world.messenger.bodies).toEqual(['Ada comes.', 'Answer 1 to: Question 3?']);
    expect(await handlingOf(world)).toBe('automatic');
  });

  it('stays with the person where it does not', async () => {
    const world = aHandingWorld();
    await world.answers([asking(1)]);

    world.clock.pass(minutes(10_000));
    await world.answers([aQueuedMessage(2)]);

    expect(world.messenger.bodies).toEqual(['Ada comes.']);
  });
});
