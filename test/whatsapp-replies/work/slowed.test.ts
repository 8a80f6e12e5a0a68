import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/whatsapp-replies/limits.ts';
import { aQueuedMessage, queuedMessages } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld } from '../../support/reply-world.ts';

/** A world whose conversation has had its replies until that many times were asked for. */
function aSlowedWorld(refusals: number, waitSeconds = 60) {
  let left = refusals;
  const asked: string[] = [];
  const world = aWorld({
    ports: {
      tryAcquireReply: async ({ turn_id }) => {
        asked.push(turn_id);
        left -= 1;
        return left >= 0 ? waitSeconds : 0;
      },
    },
  });
  return { ...world, asked };
}

describe('a customer who writes faster than one conversation is answered', () => {
  it('is answered later, to all that came meanwhile, in order', async () => {
    const world = aSlowedWorld(1);

    const first = await world.answers([aQueuedMessage(1)]);
    const asked = [...world.assistant.runs];
    const dead = await deliverAll(world, queuedMessages(4));

    expect(first.unfinished?.afterSeconds).toBe(60);
    expect([asked, dead]).toEqual([[], []]);
    expect(world.assistant.runs.map(({ texts }) => texts)).toEqual([
      ['Question 1?'],
      ['Question 2?', 'Question 3?', 'Question 4?'],
    ]);
  });

  it('never becomes a dead letter by it', async () => {
    const visits = limits.maxAttempts * 4;
    const world = aSlowedWorld(visits);

    const dead = await deliverAll(world, [aQueuedMessage(1)]);

    expect(dead).toEqual([]);
    expect(world.asked).toHaveLength(visits + 1);
    expect(world.messenger.sent).toHaveLength(1);
    expect(world.store.turn('SM1')).toMatchObject({ attempts: 1 });
  });

  it('is recorded once by a line without their words, and counted once', async () => {
    const world = aSlowedWorld(5, 30);

    await deliverAll(world, [aQueuedMessage(1)]);

    const lines = world.log.at('warn');
    expect(lines).toMatchObject([{ details: { after_seconds: 30 } }]);
    expect(JSON.stringify(lines)).not.toContain('Question');
    expect(world.meter.counts).toMatchObject({ RepliesSlowed: 1 });
    expect(world.meter.times['QueueSeconds']).toHaveLength(1);
  });

  it('has what they wrote in the transcript meanwhile', async () => {
    const world = aSlowedWorld(1);

    await world.answers([aQueuedMessage(1)]);

    expect(world.store.transcript()).toMatchObject([{ content: 'Question 1?' }]);
  });
});

describe('a reply whose turn fails', () => {
  it('is taken from the budget once', async () => {
    const world = aSlowedWorld(0);
    const { openThread } = world.assistant;
    let fails = 3;
    world.assistant.openThread = (...given) => {
      fails -= 1;
      if (fails >= 0) throw new Error('OpenAI is away.');
      return openThread(...given);
    };

    await deliverAll(world, [aQueuedMessage(1)]);

    expect(world.messenger.sent).toHaveLength(1);
    expect(world.asked).toEqual(['SM1']);
  });
});
